package io.linuxaio.bench.peers;

import io.linuxaio.bench.Journal;
import io.linuxaio.bench.JournalCase;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/** A journal over Artemis' JNI binding. Its polling loop calls fdatasync for each group of events, and then the callbacks. */
final class ArtemisJournalSession extends Journal {
    private final LibaioContext<SubmitInfo> context;
    private final LibaioFile<SubmitInfo> file;
    private final ByteBuffer[] buffers;

    private final SubmitInfo callback = new SubmitInfo() {
        @Override
        public void onError(int errno, String message) {
            fail(errno);
            acknowledge(1);
        }

        @Override
        public void done() {
            acknowledge(1);
        }
    };

    ArtemisJournalSession(JournalCase settings) throws IOException {
        super(settings);
        if (!LibaioContext.isLoaded()) {
            throw new UnsupportedOperationException("activemq-artemis-native could not load its library, which needs"
                    + " libaio.so.1 by just that name");
        }
        // One more than is ever in flight, as in ArtemisFile.
        context = new LibaioContext<>(settings.inFlight() + 1, false, settings.syncs());
        file = context.openFile(settings.path().toString(), true);
        buffers = new ByteBuffer[settings.inFlight()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = LibaioContext.newAlignedBuffer(JournalCase.BLOCK, JournalCase.BLOCK);
        }
        Thread.ofPlatform().daemon().name("artemis-poll").start(context::poll);
    }

    @Override
    protected void write(int slot, long position) throws IOException {
        file.write(position, JournalCase.BLOCK, buffers[slot], callback);
    }

    @Override
    public void close() throws IOException {
        // Makes the poll return, and waits for that.
        file.close();
        context.close();
        for (ByteBuffer buffer : buffers) {
            LibaioContext.freeBuffer(buffer);
        }
    }
}

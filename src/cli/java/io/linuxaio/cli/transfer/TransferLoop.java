package io.linuxaio.cli.transfer;

import io.linuxaio.cli.runtime.ShutdownSignal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Transfers bytes from a source to a sink until the source ends, the maximum is reached, or a stop is requested. */
public final class TransferLoop {
    /** The size of the buffer, which fits a core's cache. The channels gather blocks of the requested size. */
    static final int BUFFER_SIZE = 256 << 10;

    private final ShutdownSignal stop;
    private final Progress progress;
    private final Digests digests;
    private final long limit;
    private long moved;

    public TransferLoop(ShutdownSignal stop, Progress progress, Digests digests, long limit) {
        this.stop = stop;
        this.progress = progress;
        this.digests = digests;
        this.limit = limit;
    }

    public void run(ReadableByteChannel source, WritableByteChannel sink) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
        while (moved < limit) {
            stop.check();
            buffer.clear().limit((int) Math.min(BUFFER_SIZE, limit - moved));
            if (source.read(buffer) < 0) {
                break;
            }
            buffer.flip();
            digests.update(buffer);
            while (buffer.hasRemaining()) {
                moved += sink.write(buffer);
            }
            progress.update(moved);
        }
    }

    /** Returns the number of bytes written to the sink. */
    long moved() {
        return moved;
    }
}

package io.linuxaio;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;

/** A file that is read or written through a ring of blocks, by several threads one at a time. */
abstract sealed class BlockChannel implements Channel permits AioReadChannel, AioWriteChannel {
    /** What the blocks belong to; closed with the channel. */
    final AioFile file;

    /** The blocks. */
    final BlockRing ring;

    private boolean closed;

    BlockChannel(AioFile file, BlockRing ring) {
        this.file = file;
        this.ring = ring;
    }

    final void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /**
     * Whether the file was opened with {@code O_DIRECT}.
     *
     * @return false where {@link AioOpenOption} made it buffered
     */
    public final boolean isDirect() {
        return file.isDirect();
    }

    /** Ends what is in flight, once, when the channel is closed. */
    abstract void finish() throws IOException;

    @Override
    public final synchronized boolean isOpen() {
        return !closed;
    }

    /**
     * Ends what is in flight and closes the file. Closing again does nothing.
     *
     * @throws IOException if anything was not written
     */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (file;
                ring) {
            finish();
        }
    }
}

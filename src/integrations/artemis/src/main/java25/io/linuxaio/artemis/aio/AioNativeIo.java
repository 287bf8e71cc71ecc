package io.linuxaio.artemis.aio;

import io.linuxaio.AioOpenOption;
import io.linuxaio.LinuxAio;
import io.linuxaio.artemis.NativeFile;
import io.linuxaio.artemis.NativeIo;
import io.linuxaio.artemis.NativeQueue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The broker's asynchronous I/O over linux-aio. Created by reflection, on a JVM that can run it. */
public final class AioNativeIo implements NativeIo {
    private final BufferMemory buffers = new BufferMemory();

    /**
     * Creates it.
     *
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public AioNativeIo() {
        LinuxAio.unavailableReason().ifPresent(reason -> {
            throw new UnsupportedOperationException(reason);
        });
    }

    @Override
    public String description() {
        return "linux-aio (" + LinuxAio.backendReason() + "), Linux " + LinuxAio.kernelRelease() + ", Java "
                + Runtime.version();
    }

    @Override
    public NativeQueue openQueue(int depth, boolean waits, boolean syncs) {
        return JournalQueue.open(depth, waits, syncs);
    }

    @Override
    public NativeFile open(String path, boolean direct) throws IOException {
        return JournalFile.open(Path.of(path), direct);
    }

    @Override
    public int blockSize(String path) throws IOException {
        Path file = Path.of(path);
        if (Files.isDirectory(file)) {
            return Math.toIntExact(Files.getFileStore(file).getBlockSize());
        }
        return JournalFile.blockSize(file, AioOpenOption.DIRECT_IF_SUPPORTED);
    }

    @Override
    public void fill(NativeFile file, int alignment, long size) throws IOException {
        try (ZeroFiller filler = ZeroFiller.open()) {
            filler.fill((JournalFile) file, alignment, size);
        }
    }

    @Override
    public ByteBuffer newBuffer(int size, int alignment) {
        return buffers.allocate(size, alignment);
    }

    @Override
    public void freeBuffer(ByteBuffer buffer) {
        buffers.free(buffer);
    }

    @Override
    public void zero(ByteBuffer buffer, int size) {
        MemorySegment.ofBuffer(buffer.duplicate().clear().limit(size)).fill((byte) 0);
    }

    @Override
    public void trim() {
        buffers.trim();
    }
}

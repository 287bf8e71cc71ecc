package io.linuxaio.bench.layers;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** A temporary file of one benchmark, of which every block has been written. */
final class MemoryFile implements AutoCloseable {
    /** The size of an operation, in bytes. */
    static final int BLOCK = 4096;

    /** Small enough not to measure the processor's caches. */
    private static final int BLOCKS = 1024;

    private static final String DIRECTORY_PROPERTY = "layers.directory";
    private static final Path DEFAULT_DIRECTORY = Path.of("/dev/shm");
    private static final OpenOption[] OPTIONS = {
        StandardOpenOption.READ, StandardOpenOption.WRITE, AioOpenOption.DIRECT_IF_SUPPORTED
    };

    private final Path path;
    private final AioFile file;

    private MemoryFile(Path path, AioFile file) {
        this.path = path;
        this.file = file;
    }

    /** A file that belongs to this context. */
    static MemoryFile in(AioContext context) {
        return make(path -> context.open(path, OPTIONS));
    }

    /** A file outside any context. */
    static MemoryFile make() {
        return make(path -> AioFile.open(path, OPTIONS));
    }

    /** Opens a path. */
    @FunctionalInterface
    private interface Opening {
        AioFile open(Path path) throws IOException;
    }

    private static MemoryFile make(Opening opening) {
        try {
            Path path = Files.createTempFile(directory(), "linux-aio-layers", ".dat");
            path.toFile().deleteOnExit();
            fill(path);
            return new MemoryFile(path, opening.open(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path directory() {
        String given = System.getProperty(DIRECTORY_PROPERTY);
        Path directory = given == null ? DEFAULT_DIRECTORY : Path.of(given);
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new IllegalStateException("a directory in memory is needed, and " + directory + " is none that can be"
                    + " written: mount -t tmpfs tmpfs /some/directory, then -D" + DIRECTORY_PROPERTY
                    + "=/some/directory");
        }
        return directory;
    }

    private static void fill(Path path) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int i = 0; i < BLOCKS; i++) {
                block.clear();
                while (block.hasRemaining()) {
                    channel.write(block);
                }
            }
        }
    }

    AioFile file() {
        return file;
    }

    /** Returns the position of the operation with this number. */
    static long position(long number) {
        return number % BLOCKS * BLOCK;
    }

    /** Blocks of memory. */
    static MemorySegment[] blocks(MemorySegment memory) {
        MemorySegment[] blocks = new MemorySegment[Math.toIntExact(memory.byteSize() / BLOCK)];
        Arrays.setAll(blocks, i -> memory.asSlice((long) i * BLOCK, BLOCK));
        return blocks;
    }

    @Override
    public void close() {
        try {
            file.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

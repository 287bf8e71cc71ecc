package io.linuxaio.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** A file accessed only through the JDK, to prepare measurements and to verify contents afterwards. */
public final class DirectFile implements AutoCloseable {
    private static final int ALIGNMENT = 4096;
    private static final int MOST_AT_ONCE = 1 << 20;

    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();

    private DirectFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Returns {@code true} if the filesystem supports O_DIRECT.
     *
     * @throws IOException if the file cannot be opened for another reason
     */
    public static boolean supportsDirect(Path path) throws IOException {
        open(path, false).close();
        try {
            open(path, true).close();
            return true;
        } catch (IOException | UnsupportedOperationException refused) {
            return false;
        }
    }

    /** Writes over the first bytes, so that every block is there. Makes the file where it is missing. */
    public static void prefill(Path path, boolean direct, long bytes) throws IOException {
        try (DirectFile file = open(path, direct, StandardOpenOption.CREATE)) {
            file.fill(Pattern.PREFILLED, bytes);
        }
    }

    static DirectFile open(Path path, boolean direct, StandardOpenOption... more) throws IOException {
        Set<OpenOption> options = new HashSet<>(Set.of(more));
        options.add(StandardOpenOption.READ);
        options.add(StandardOpenOption.WRITE);
        if (direct) {
            options.add(DirectOption.get());
        }
        return new DirectFile(FileChannel.open(path, options));
    }

    /** Writes the pattern over the first bytes. */
    void fill(Pattern pattern, long bytes) throws IOException {
        int chunk = (int) Math.min(MOST_AT_ONCE, bytes);
        MemorySegment memory = arena.allocate(chunk, ALIGNMENT);
        for (long position = 0; position < bytes; position += chunk) {
            MemorySegment part = memory.asSlice(0, Math.min(chunk, bytes - position));
            pattern.fill(part, position);
            ByteBuffer source = part.asByteBuffer();
            while (source.hasRemaining()) {
                channel.write(source, position + source.position());
            }
        }
        channel.force(true);
    }

    /** A block for {@link #check}. */
    MemorySegment block(int size) {
        return arena.allocate(size, ALIGNMENT);
    }

    void check(Pattern pattern, MemorySegment block, long position) throws IOException {
        block.fill((byte) 0);
        ByteBuffer target = block.asByteBuffer();
        while (target.hasRemaining()) {
            if (channel.read(target, position + target.position()) < 0) {
                throw new IOException("the file ends at " + (position + target.position()));
            }
        }
        pattern.check(block, position);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        arena.close();
    }
}

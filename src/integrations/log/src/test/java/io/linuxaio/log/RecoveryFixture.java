package io.linuxaio.log;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** Damage to closed logs, and recoveries without a writer, thousands of them if need be. */
final class RecoveryFixture implements AutoCloseable {
    private final Path directory;
    private final LogDirectory locked;
    private final AioContext aio = AioContext.open();

    RecoveryFixture(Path directory) throws IOException {
        this.directory = directory;
        locked = LogDirectory.open(directory);
    }

    /** Returns the records of the log, or throws as opening it would. Nothing is changed. */
    List<String> recover() throws IOException {
        List<String> records = new ArrayList<>();
        new Recovery(aio, locked, -1, OptionalLong.empty(), (_, record) -> records.add(LogExample.text(record))).run();
        return records;
    }

    @Override
    public void close() throws IOException {
        aio.close();
        locked.close();
    }

    /** Returns the segments of a log, in order. */
    static List<Path> segments(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    /** Returns the position of a segment's first byte. */
    static long base(Path segment) {
        return Long.parseLong(segment.getFileName().toString().substring(0, 16), 16);
    }

    static void write(Path file, long at, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    static byte[] read(Path file, long at, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            channel.read(bytes, at);
            return bytes.array();
        }
    }

    static void zero(Path file, long from, long to) throws IOException {
        write(file, from, new byte[(int) (to - from)]);
    }

    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static void flip(Path file, long at) throws IOException {
        byte[] bytes = Arrays.copyOf(read(file, at, 1), 1);
        bytes[0] ^= (byte) (1 << at % 8);
        write(file, at, bytes);
    }

    /** Returns the segment that contains a position, and the offset in it. */
    Path segmentOf(long position) throws IOException {
        return segments(directory).reversed().stream()
                .filter(segment -> base(segment) <= position)
                .findFirst()
                .orElseThrow();
    }
}

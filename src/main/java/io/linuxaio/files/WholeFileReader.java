package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.PinnedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** A reader of a whole file, or of a part of it, into memory. */
final class WholeFileReader {
    /** The maximum length of an array that every JVM supports. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final AioFileOperations how;
    private final AioContext aio;
    private final Path path;
    private final OpenOption[] options;

    /** Checks the options; throws for invalid ones. */
    WholeFileReader(AioFileOperations how, Path path, OpenOption... options) {
        this.how = how;
        aio = how.context();
        this.path = path;
        this.options = options.clone();
        if (CoreAccess.core().opensForWriting(WriteOptions.set(options))) {
            throw new IllegalArgumentException("WRITE and APPEND make no sense for reading a file");
        }
    }

    CompletableFuture<byte[]> all() {
        return FileIoExecutor.run(this::readAll, how.executor());
    }

    CompletableFuture<String> text(Charset charset) {
        return FileIoExecutor.run(
                () -> charset.newDecoder().decode(ByteBuffer.wrap(readAll())).toString(), how.executor());
    }

    CompletableFuture<byte[]> part(long position, int length) {
        Arguments.notNegative("position", position);
        Arguments.notNegative("length", length);
        return FileIoExecutor.run(() -> readPart(position, length), how.executor());
    }

    CompletableFuture<Long> part(long position, MemorySegment target) {
        Arguments.notNegative("position", position);
        Arguments.writableMemory(target);
        return FileIoExecutor.runWithMemory(
                target,
                (memory, _) -> {
                    try (AioFile file = open()) {
                        return RangeReader.read(how, file, file.size(), position, memory);
                    }
                },
                how.executor());
    }

    private AioFile open() throws IOException {
        AioFile file = aio.open(path, options);
        try {
            PseudoFiles.requireTruth(aio, file);
            return file;
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private byte[] readAll() throws IOException {
        try (AioFile file = open()) {
            return read(file, 0, Long.MAX_VALUE);
        }
    }

    private byte[] readPart(long position, int length) throws IOException {
        try (AioFile file = open()) {
            return read(file, position, length);
        }
    }

    /** Reads at most so many bytes, up to the end of the file. Returns fewer if the file was truncated meanwhile. */
    private byte[] read(AioFile file, long position, long most) throws IOException {
        long size = file.size();
        byte[] bytes = array(Math.clamp(size - position, 0, most));
        try (PinnedMemory target = PinnedMemory.of(MemorySegment.ofArray(bytes))) {
            int count = (int) RangeReader.read(how, file, size, position, target);
            return count < bytes.length ? Arrays.copyOf(bytes, count) : bytes;
        }
    }

    private byte[] array(long size) throws IOException {
        if (size > MAX_ARRAY) {
            throw new IOException(path + " is too long for an array: " + size
                    + " bytes; read it in parts with AioFiles.read, or through AioFiles.newReadChannel");
        }
        return new byte[(int) size];
    }
}

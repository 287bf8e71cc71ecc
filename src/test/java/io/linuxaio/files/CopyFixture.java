package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A file to copy, and the permitted contents of its directory afterwards. */
abstract class CopyFixture {
    static final int BLOCK = 1 << 20;
    static final AioCopyProgress QUIET = (_, _) -> {};

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    Path source;
    Path target;

    @BeforeEach
    void name() {
        source = directory.resolve("source");
        target = directory.resolve("target");
    }

    byte[] fill(int length) throws IOException {
        byte[] bytes = Bytes.random(length, length);
        Files.write(source, bytes);
        return bytes;
    }

    static Throwable failure(CompletableFuture<?> future) {
        try {
            throw new AssertionError("unexpectedly succeeded with " + future.join());
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    Throwable failure(CopyOption... options) {
        return failure(AioFiles.copy(source, target, options));
    }

    List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Requires that the directory contains only the source. */
    void assertNothingMade() throws IOException {
        assertThat(names()).containsExactly("source");
    }
}

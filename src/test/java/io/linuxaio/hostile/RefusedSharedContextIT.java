package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioException;
import io.linuxaio.files.AioFiles;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Strace;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that refuses all contexts: the futures of whole files fail, and no file is created. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RefusedSharedContextIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void methodsOfAioFilesFailTheirFutures() throws IOException {
        Strace strace = Strace.inject(directory, "io_setup:error=EAGAIN");

        String output = ChildJvm.of(WholeFiles.class).by(strace.command()).succeed(directory.toString());

        assertThat(output.lines()).hasSize(7).allMatch("EAGAIN of io_setup"::equals);
        assertThat(directory.resolve("file")).doesNotExist();
        assertThat(directory.resolve("copy")).doesNotExist();
    }

    /** Prints the failure of each method. */
    static final class WholeFiles {
        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[0], "file");
            Path there = Files.write(Path.of(args[0], "there"), new byte[10_000]);
            List<Supplier<CompletableFuture<?>>> methods = List.of(
                    () -> AioFiles.write(file, new byte[10]),
                    () -> AioFiles.writeString(file, "text"),
                    () -> AioFiles.append(file, new byte[10]),
                    () -> AioFiles.readAllBytes(there),
                    () -> AioFiles.readString(there),
                    () -> AioFiles.read(there, 0, 10),
                    () -> AioFiles.copy(there, Path.of(args[0], "copy")));
            for (Supplier<CompletableFuture<?>> method : methods) {
                CompletableFuture<?> future = method.get();
                try {
                    future.join();
                } catch (CompletionException e) {
                    AioException cause = (AioException) e.getCause();
                    System.out.println(cause.errnoName() + " of " + cause.operation());
                }
            }
        }
    }
}

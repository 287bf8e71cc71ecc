package io.linuxaio.faultinjection;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.files.AioFiles;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that exits while operations are in flight: it exits at once, and child processes inherit nothing. */
@OnRealKernel
@Timeout(value = 70, unit = TimeUnit.SECONDS)
class ExitIT {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 512;
    private static final int EXIT_CODE = 7;
    private static final int O_CLOEXEC = 02000000;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"exit", "halt", "return", "throw"})
    void aJvmExitsWithOperationsInFlight(String how) throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[BLOCKS * BLOCK]);

        Command.Result result = ChildJvm.of(EndInTheMiddle.class).run(path.toString(), how);

        assertThat(result.exit())
                .as(result.output())
                .isEqualTo(how.equals("return") ? 0 : how.equals("throw") ? 1 : EXIT_CODE);
        assertThat(result.output()).contains("in flight").doesNotContain("SIGSEGV", "SIGBUS", "fatal error", "hung");
        // Of each block all was written, or nothing.
        byte[] contents = Files.readAllBytes(path);
        for (int i = 0; i < BLOCKS; i++) {
            byte[] block = Arrays.copyOfRange(contents, i * BLOCK, (i + 1) * BLOCK);
            byte[] expected = Bytes.random(i, BLOCK);
            assertThat(Arrays.equals(block, expected) || Arrays.equals(block, new byte[BLOCK]))
                    .as("block %d", i)
                    .isTrue();
        }
    }

    /** Submits many writes in every available way, and exits without waiting for any. */
    static final class EndInTheMiddle {
        public static void main(String[] args) throws IOException, InterruptedException {
            Watchdog.start(Duration.ofSeconds(30));
            AioContext aio = AioContext.builder().queueDepth(256).open();
            AioQueue queue = AioQueue.open(256);
            AioArena arena = AioArena.ofShared();
            AioBufferPool pool = AioBufferPool.of(4, BLOCK);
            AioFile file = aio.open(Path.of(args[0]), READ, WRITE);
            AioFiles.readAllBytes(Path.of(args[0]));
            pool.acquire();
            for (int i = 0; i < BLOCKS; i++) {
                MemorySegment block = Bytes.copy(arena, Bytes.random(i, BLOCK));
                if (i % 2 == 0) {
                    file.write(block, (long) i * BLOCK);
                } else {
                    queue.prepareWrite(file, block, (long) i * BLOCK, i);
                }
            }
            queue.submit();
            System.out.println(queue.inFlight() + " in flight");
            switch (args[1]) {
                case "exit" -> System.exit(EXIT_CODE);
                case "halt" -> Runtime.getRuntime().halt(EXIT_CODE);
                case "throw" -> throw new IllegalStateException("intended");
                default -> System.out.println("returns");
            }
        }
    }

    @Test
    void childProcessesInheritNoDescriptor() throws IOException {
        Path path = directory.resolve("file");
        try (AioContext aio = AioContext.open();
                AioQueue queue = AioQueue.open(4);
                AioArena arena = AioArena.ofShared();
                AioFile direct = aio.open(path, READ, WRITE, CREATE);
                AioFile other = AioFile.open(path)) {
            assertThat(direct.write(arena.allocate(BLOCK), 0).join()).isEqualTo(BLOCK);
            assertThat(queue.prepareRead(other, arena.allocate(BLOCK), 0, 1)).isTrue();
            queue.submit();
            queue.await(
                    1, Duration.ofSeconds(20), (_, result) -> assertThat(result).isEqualTo(BLOCK));
            AioFiles.readAllBytes(path).join();

            String inherited = Command.succeed("ls", "-l", "/proc/self/fd");
            // The JDK closes what it can before it starts a program; others that fork rely on the flag.
            List<Integer> flags =
                    new ArrayList<>(Descriptors.allFlags(path.toRealPath().toString()));
            assertThat(flags).hasSize(2);
            flags.addAll(Descriptors.allFlags("/dev/null"));

            assertThat(inherited).doesNotContain(path.toString(), "[aio]");
            assertThat(flags)
                    .hasSizeGreaterThan(2)
                    .allSatisfy(each -> assertThat(each & O_CLOEXEC).isNotZero());
        }
    }
}

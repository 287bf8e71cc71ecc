package io.linuxaio.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Strace;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults in the calls that submit and reap, injected into a running {@link Workload}. It ends in time, each operation
 * has one result, and the file matches the results.
 */
@OnRealKernel
@Timeout(value = 70, unit = TimeUnit.SECONDS)
class InjectedFaultsIT {
    private static final int MAX_SECONDS = 40;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = new Random().nextLong();
    private Path path;

    @BeforeEach
    void zeros() throws IOException {
        path = Files.write(directory.resolve("file"), new byte[Workload.SIZE]);
    }

    /** The output of a run, and the number of injected faults. */
    private record Run(List<String> lines, long faults) {
        List<String> failures() {
            return lines.stream().filter(line -> line.startsWith("failed")).toList();
        }

        long retries() {
            return lines.stream()
                    .filter(line -> line.startsWith("retries "))
                    .mapToLong(line -> Long.parseLong(line.substring(8)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Run run(String... faults) throws IOException {
        Strace strace = Strace.inject(directory, faults);
        Command.Result result =
                ChildJvm.of(Workload.class).by(strace.command()).run(path.toString(), "" + seed, "" + MAX_SECONDS);
        List<String> lines = result.output().lines().toList();
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(lines).last().isEqualTo("done");
        return new Run(lines, strace.injected());
    }

    /** The parts whose write failed are unchanged; all others contain the written bytes. */
    private void assertFileHoldsWhatSucceeded(Run run) throws IOException {
        byte[] expected = Workload.image(seed);
        for (String line : run.failures()) {
            String[] words = line.split(" ");
            if (words[1].equals("write")) {
                int position = Integer.parseInt(words[2]);
                Arrays.fill(expected, position, position + Integer.parseInt(words[3]), (byte) 0);
            }
        }
        assertThat(Arrays.mismatch(Files.readAllBytes(path), expected))
                .as("the first wrong byte, seed %d", seed)
                .isNegative();
    }

    private Run assertUnharmedBy(String... faults) throws IOException {
        Run run = run(faults);
        assertThat(run.failures()).as("seed %d", seed).isEmpty();
        assertThat(run.faults()).as("injected faults").isPositive();
        assertFileHoldsWhatSucceeded(run);
        return run;
    }

    @Test
    void nothingIsRetriedOrLostWithoutAFault() throws IOException {
        Run run = run("io_submit:error=EAGAIN:when=60000");

        assertThat(run.failures()).isEmpty();
        assertThat(run.retries()).isZero();
        assertThat(run.faults()).isZero();
        assertFileHoldsWhatSucceeded(run);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error=EAGAIN:when=3+5",
                "error=EAGAIN:when=1+2",
                "error=EAGAIN:when=2..12",
                "error=EINTR:when=1+3",
                "retval=0:when=2+3"
            })
    void operationsRefusedWithEagainAreResubmitted(String fault) throws IOException {
        assertThat(assertUnharmedBy("io_submit:" + fault).retries()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error=EINTR:when=1+2",
                "error=EINTR:when=1..20",
                "retval=0:when=1+3",
                "delay_enter=3000:when=1+2",
                "delay_exit=3000:when=1+2"
            })
    void anInterruptedWaitForEventsLosesNone(String fault) throws IOException {
        assertUnharmedBy("io_getevents:" + fault);
    }

    /** The kernel does not document this error for io_getevents. The reaper continues after it. */
    @ParameterizedTest
    @ValueSource(strings = {"error=EAGAIN:when=1", "error=EAGAIN:when=1+2", "error=EAGAIN:when=2..12"})
    void aWaitForEventsThatFailsLosesNone(String fault) throws IOException {
        Strace strace = Strace.inject(directory, "io_getevents:" + fault);
        String output = ChildJvm.of(ManyWrites.class).by(strace.command()).succeed(path.toString(), "" + seed);

        assertThat(output.lines()).as(output).last().isEqualTo("written " + Workload.SIZE);
        assertThat(output).as("log of the reaper").contains("io_getevents failed: EAGAIN");
        assertThat(strace.injected()).as("injected faults").isPositive();
        assertThat(Files.readAllBytes(path)).as("seed %d", seed).isEqualTo(Workload.image(seed));
    }

    /** Writes a whole file through a context alone, since an AioQueue would throw the error of its wait. */
    static final class ManyWrites {
        private static final int DEPTH = 8;

        public static void main(String[] args) throws IOException {
            Watchdog.start(Duration.ofSeconds(MAX_SECONDS));
            byte[] image = Workload.image(Long.parseLong(args[1]));
            List<Extent> extents = Extent.cut(Workload.SIZE, new Random(0));
            long written = 0;
            try (AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
                    AioArena arena = AioArena.ofShared();
                    AioFile file = aio.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
                for (int result : Way.single(aio).move(true, file, Bytes.copy(arena, image), extents)) {
                    written += result;
                }
            }
            System.out.println("written " + written);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"delay_enter=5000:when=1+2", "delay_exit=5000:when=1+2"})
    void aSlowSubmissionMayReturnAfterItsCompletion(String fault) throws IOException {
        assertUnharmedBy("io_submit:" + fault);
    }

    @Test
    void faultsOfSubmittingAndReapingCombined() throws IOException {
        assertUnharmedBy("io_submit:error=EAGAIN:when=2+3", "io_getevents:error=EINTR:when=1+2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOMEM", "EIO", "EBADF", "EINVAL", "EFAULT"})
    void onlyOperationsThatTheKernelRefusesFail(String symbol) throws IOException {
        // The second of each thread, and every seventh from there: among them firsts of batches.
        Run run = run("io_submit:error=" + symbol + ":when=2+7");

        assertThat(run.faults()).isPositive();
        assertThat(run.failures())
                .as("seed %d", seed)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .satisfiesAnyOf(
                                each -> assertThat(each).endsWith(" " + errno(symbol)),
                                each -> assertThat(each)
                                        .startsWith("failed sync")
                                        .contains(symbol)));
        assertFileHoldsWhatSucceeded(run);
    }

    private static int errno(String symbol) {
        return switch (symbol) {
            case "ENOMEM" -> Errno.ENOMEM;
            case "EIO" -> Errno.EIO;
            case "EBADF" -> Errno.EBADF;
            case "EINVAL" -> Errno.EINVAL;
            case "EFAULT" -> Errno.EFAULT;
            default -> throw new IllegalArgumentException(symbol);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"EPERM", "ENOSYS", "EINVAL"})
    void operationsFailAndClosingReturnsIfNothingCanBeSubmitted(String symbol) throws IOException {
        Run run = run("io_submit:error=" + symbol);

        assertThat(run.failures())
                .as("seed %d", seed)
                .anySatisfy(line -> assertThat(line).startsWith("failed write"))
                .anySatisfy(line -> assertThat(line).startsWith("failed sync"));
        assertThat(Files.readAllBytes(path)).isEqualTo(new byte[Workload.SIZE]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"error=ENOMEM:when=3", "error=EPERM:when=3+1", "error=EAGAIN:when=3..40"})
    void closingReturnsIfSubmittingStopsWorking(String fault) throws IOException {
        Strace strace = Strace.inject(directory, "io_submit:" + fault);
        String output = ChildJvm.of(OneWrite.class).by(strace.command()).succeed(path.toString());

        assertThat(output.lines()).last().isEqualTo("closed");
        assertThat(strace.injected()).isPositive();
    }

    /** The first two submissions probe the context and write. The third one wakes the reaper for closing. */
    static final class OneWrite {
        public static void main(String[] args) throws IOException {
            Watchdog.start(Duration.ofSeconds(20));
            try (AioContext aio = AioContext.open();
                    AioArena arena = AioArena.ofShared();
                    AioFile file = aio.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
                file.write(arena.allocate(Extent.BLOCK), 0).join();
            }
            System.out.println("closed");
        }
    }
}

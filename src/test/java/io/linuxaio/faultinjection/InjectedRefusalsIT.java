package io.linuxaio.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Strace;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single refusals of system calls other than submitting and reaping: reported by name, with nothing left behind. */
@OnRealKernel
@Timeout(value = 70, unit = TimeUnit.SECONDS)
class InjectedRefusalsIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Returns the outcome of each step. */
    private Map<String, String> run(String fault) throws IOException {
        Path path = directory.resolve("file");
        Strace strace = Strace.inject(directory, fault);
        if (!fault.startsWith("io_")) {
            strace.onlyOn(path);
        }
        String output = ChildJvm.of(FileSteps.class).by(strace.command()).succeed(path.toString());
        assertThat(output.lines()).as(output).last().isEqualTo("done");
        assertThat(strace.injected()).as("injected faults").isPositive();
        Map<String, String> steps = new HashMap<>();
        output.lines()
                .filter(line -> line.contains(": "))
                .forEach(line ->
                        steps.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(": ") + 2)));
        return steps;
    }

    /** Requires that every step succeeds except the given ones and those that count leftovers. */
    private static void assertFineBut(Map<String, String> steps, String... refused) {
        steps.keySet().removeAll(List.of(refused));
        assertThat(steps.remove("contexts left")).isEqualTo("0");
        assertThat(steps.remove("descriptor left")).isEqualTo("false");
        assertThat(steps)
                .hasSize(16 - refused.length)
                .allSatisfy((_, how) -> assertThat(how).isEqualTo("fine"));
    }

    @ParameterizedTest
    @CsvSource({
        "ENOMEM, ulimit -l",
        "EAGAIN, aio-max-nr",
        "ENOSYS, seccomp",
        "EPERM, seccomp",
        "EINVAL, queue depth",
        "EINTR, interrupted"
    })
    void aRefusedContextIsExplainedAndTheNextOneOpens(String symbol, String words) throws IOException {
        Map<String, String> steps = run("io_setup:error=" + symbol + ":when=1");

        assertThat(steps.get("context")).startsWith(symbol + " of io_setup").contains(words);
        assertFineBut(steps, "context");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOMEM", "EAGAIN"})
    void aRefusedQueueIsExplained(String symbol) throws IOException {
        Map<String, String> steps = run("io_setup:error=" + symbol + ":when=3");

        assertThat(steps.get("queue")).startsWith(symbol + " of io_setup");
        assertFineBut(steps, "queue");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EMFILE", "ENFILE", "EIO", "ENOMEM"})
    void aFileThatCannotBeOpenedIsExplained(String symbol) throws IOException {
        Map<String, String> steps = run("openat:error=" + symbol + ":when=1");

        assertThat(steps.get("open")).startsWith(symbol + " of open").contains(directory.toString());
        assertFineBut(steps, "open");
    }

    @ParameterizedTest
    @CsvSource({"EOPNOTSUPP, not supported", "ENOSPC, free space", "EIO, error"})
    void aFailedReservationIsExplained(String symbol, String words) throws IOException {
        Map<String, String> steps = run("fallocate:error=" + symbol + ":when=1");

        assertThat(steps.get("allocate")).startsWith(symbol + " of allocate").contains(words, directory.toString());
        assertFineBut(steps, "allocate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EIO", "EPERM"})
    void aFailedSetLengthIsExplained(String symbol) throws IOException {
        Files.write(directory.resolve("file"), new byte[FileSteps.SIZE]);
        Map<String, String> steps = run("ftruncate:error=" + symbol + ":when=1");

        assertThat(steps.get("setLength")).startsWith(symbol + " of setLength").contains(directory.toString());
        assertFineBut(steps, "setLength");
        assertThat(Files.size(directory.resolve("file"))).isEqualTo(FileSteps.SIZE / 4);
    }

    @ParameterizedTest
    @CsvSource({
        "fdatasync, EIO, force, force",
        "fsync, ENOSPC, force metadata, force",
        "flock, ENOLCK, lock, lock",
        "fadvise64, EINVAL, advise, advise"
    })
    void aFailedCallOnAnOpenFileIsExplained(String call, String symbol, String step, String operation)
            throws IOException {
        Map<String, String> steps = run(call + ":error=" + symbol + ":when=1");

        assertThat(steps.get(step)).contains(" of " + operation).contains(directory.toString());
        assertFineBut(steps, step);
    }

    @Test
    void anErrorOfCloseIsThrownOnce() throws IOException {
        // The second close: the first is that of the step "open".
        Map<String, String> steps = run("close:error=EIO:when=2");

        assertThat(steps.get("close")).startsWith("EIO of close").contains(directory.toString());
        assertFineBut(steps, "close");
    }

    @Test
    void aFileWhoseStatusCannotBeReadIsClosed() throws IOException {
        Map<String, String> steps = run("statx:error=EIO:when=1");

        assertThat(steps.get("open")).startsWith("EIO of statx").contains(directory.toString());
        assertFineBut(steps, "open");
    }

    /** Every second call of each thread fails, or its first two: if the call is repeated, every step succeeds. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "openat:error=EINTR:when=1+2",
                "statx:error=EINTR:when=1+2",
                "fallocate:error=EINTR:when=1..40",
                "ftruncate:error=EINTR:when=1..40",
                "fsync:error=EINTR:when=1..40",
                "fdatasync:error=EINTR:when=1..40",
                "flock:error=EINTR:when=1..40",
                "fadvise64:error=EINTR:when=1..40",
                "fcntl:error=EINTR:when=1..2"
            })
    void anInterruptedCallIsRepeated(String fault) throws IOException {
        assertFineBut(run(fault));
    }

    @Test
    void aCallThatIsAlwaysInterruptedFails() throws IOException {
        assertThat(run("ftruncate:error=EINTR").get("setLength")).startsWith("EINTR of setLength");
    }

    /** The descriptor is closed despite the error: its number may already be another file's. */
    @Test
    void anInterruptedCloseIsNotRepeated() throws IOException {
        // The second close: the first is that of the step "open".
        Map<String, String> steps = run("close:error=EINTR:when=2");

        assertThat(steps.get("close")).startsWith("EINTR of close");
        assertFineBut(steps, "close");
    }

    /** Seccomp profiles older than the call return either error. */
    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM"})
    void anotherCallIsUsedWithoutStatx(String symbol) throws IOException {
        assertFineBut(run("statx:error=" + symbol));
    }
}

package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.linuxaio.internal.link.LibaioLookup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("changes the system properties os.arch and os.name")
class KernelChoiceTest {
    private final String osArch = System.getProperty("os.arch");
    private final String osName = System.getProperty("os.name");

    @AfterEach
    void restore() {
        System.setProperty("os.arch", osArch);
        System.setProperty("os.name", osName);
    }

    private static void assertNone(KernelChoice choice, String... reasons) {
        assertThat(choice.kernel()).isNull();
        assertThat(choice.backend()).isNull();
        assertThat(choice.reason()).contains(reasons);
    }

    @Test
    void rawSystemCallsAreThereForTheAsking() {
        KernelChoice choice = KernelChoice.choose("syscall");

        assertThat(choice.kernel()).isInstanceOf(SyscallKernel.class);
        assertThat(choice.backend()).isEqualTo(KernelChoice.SYSCALL);
        assertThat(choice.reason()).contains("-Dio.linuxaio.backend=syscall");
    }

    @Test
    void libaioIsThereForTheAskingWhereItIsInstalled() {
        assumeTrue(LibaioLookup.library().isPresent(), "libaio is not installed");

        KernelChoice choice = KernelChoice.choose("libaio");

        assertThat(choice.kernel()).isInstanceOf(LibaioKernel.class);
        assertThat(choice.backend()).isEqualTo(KernelChoice.LIBAIO);
        assertThat(choice.reason())
                .contains("-Dio.linuxaio.backend=libaio", LibaioLookup.library().get());
    }

    @ParameterizedTest
    @NullAndEmptySource
    void whereNothingIsForcedLibaioGoesFirst(String nothing) {
        KernelChoice choice = KernelChoice.choose(nothing);

        boolean installed = LibaioLookup.library().isPresent();
        assertThat(choice.kernel()).isInstanceOf(installed ? LibaioKernel.class : SyscallKernel.class);
        assertThat(choice.backend()).isEqualTo(installed ? KernelChoice.LIBAIO : KernelChoice.SYSCALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "LIBAIO", " libaio", "syscalls"})
    void anotherValueIsToldWithTheTwoThatThereAre(String value) {
        assertNone(KernelChoice.choose(value), "-Dio.linuxaio.backend=" + value, "neither libaio nor syscall");
    }

    @Test
    void anotherSystemThanLinuxHasNone() {
        System.setProperty("os.name", "Mac OS X");

        assertNone(KernelChoice.choose(null), "Linux only", "Mac OS X");
    }

    @Test
    void anUnknownArchitectureHasNone() {
        System.setProperty("os.arch", "s390x");

        assertNone(KernelChoice.choose(null), "s390x");
    }
}

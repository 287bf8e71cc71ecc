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
class BackendSelectorTest {
    private final String osArch = System.getProperty("os.arch");
    private final String osName = System.getProperty("os.name");

    @AfterEach
    void restore() {
        System.setProperty("os.arch", osArch);
        System.setProperty("os.name", osName);
    }

    private static void assertNone(BackendSelector choice, String... reasons) {
        assertThat(choice.kernel()).isNull();
        assertThat(choice.backend()).isNull();
        assertThat(choice.reason()).contains(reasons);
    }

    @Test
    void rawSystemCallsCanBeForced() {
        BackendSelector choice = BackendSelector.choose("syscall");

        assertThat(choice.kernel()).isInstanceOf(SyscallKernel.class);
        assertThat(choice.backend()).isEqualTo(BackendSelector.SYSCALL);
        assertThat(choice.reason()).contains("-Dio.linuxaio.backend=syscall");
    }

    @Test
    void libaioCanBeForcedIfInstalled() {
        assumeTrue(LibaioLookup.library().isPresent(), "libaio is not installed");

        BackendSelector choice = BackendSelector.choose("libaio");

        assertThat(choice.kernel()).isInstanceOf(LibaioKernel.class);
        assertThat(choice.backend()).isEqualTo(BackendSelector.LIBAIO);
        assertThat(choice.reason())
                .contains("-Dio.linuxaio.backend=libaio", LibaioLookup.library().get());
    }

    @ParameterizedTest
    @NullAndEmptySource
    void libaioIsPreferredByDefault(String nothing) {
        BackendSelector choice = BackendSelector.choose(nothing);

        boolean installed = LibaioLookup.library().isPresent();
        assertThat(choice.kernel()).isInstanceOf(installed ? LibaioKernel.class : SyscallKernel.class);
        assertThat(choice.backend()).isEqualTo(installed ? BackendSelector.LIBAIO : BackendSelector.SYSCALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "LIBAIO", " libaio", "syscalls"})
    void anInvalidValueIsReportedWithTheValidOnes(String value) {
        assertNone(BackendSelector.choose(value), "-Dio.linuxaio.backend=" + value, "neither libaio nor syscall");
    }

    @Test
    void operatingSystemsOtherThanLinuxHaveNoBackend() {
        System.setProperty("os.name", "Mac OS X");

        assertNone(BackendSelector.choose(null), "Linux only", "Mac OS X");
    }

    @Test
    void anUnknownArchitectureHasNoBackend() {
        System.setProperty("os.arch", "s390x");

        assertNone(BackendSelector.choose(null), "s390x");
    }
}

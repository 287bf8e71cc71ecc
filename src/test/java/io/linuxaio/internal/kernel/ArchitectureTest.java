package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("changes the system property os.arch")
class ArchitectureTest {
    private final String osArch = System.getProperty("os.arch");

    @AfterEach
    void restoreOsArch() {
        System.setProperty("os.arch", osArch);
    }

    @ParameterizedTest
    @EnumSource
    void hasTheNumbersOfTheKernelHeaders(Architecture architecture) throws Exception {
        Map<String, Integer> ours = new HashMap<>(Map.of(
                "O_DIRECT", architecture.oDirect(),
                "O_DIRECTORY", architecture.oDirectory(),
                "O_NOFOLLOW", architecture.oNofollow(),
                "O_PATH", OFlags.PATH_ONLY,
                "ENODATA", Errno.ENODATA));
        for (SyscallNumber call : SyscallNumber.values()) {
            ours.put("__NR_" + call.name().toLowerCase(Locale.ROOT), call.number(architecture));
        }

        Map<String, Integer> kernels = KernelHeaders.installedFor(architecture).values(ours.keySet());

        assertThat(kernels).containsExactlyInAnyOrderEntriesOf(ours);
    }

    @ParameterizedTest
    @CsvSource({"amd64, X86_64", "aarch64, AARCH64", "riscv64, RISCV64", "ppc64le, PPC64LE"})
    void isFoundByTheNameOfTheJvm(String name, Architecture architecture) {
        assertThat(Architecture.of(name)).contains(architecture);
        assertThat(architecture.osArch()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s390x", "ppc64", "arm", "i386", "x86", "AMD64", ""})
    void bigEndian32BitAndUnknownArchitecturesAreNotConfused(String name) {
        assertThat(Architecture.of(name)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"amd64, X86_64", "aarch64, AARCH64", "riscv64, RISCV64", "ppc64le, PPC64LE"})
    void theCurrentArchitectureIsThatOfTheJvm(String name, Architecture architecture) {
        System.setProperty("os.arch", name);

        assertThat(Architecture.current()).isEqualTo(architecture);
    }

    @Test
    void anUnknownArchitectureIsNamedInTheException() {
        System.setProperty("os.arch", "s390x");

        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(Architecture::current)
                .withMessageContaining("os.arch=s390x")
                .withMessageContaining("amd64, aarch64, riscv64, ppc64le");
    }
}

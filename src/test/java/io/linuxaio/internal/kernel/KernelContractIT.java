package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The contract on the running kernel, by the backend of this run. */
@OnRealKernel
class KernelContractIT extends KernelContract {
    @Override
    Kernel kernel() {
        return BackendSelector.ofProcess().kernel();
    }

    @Override
    String directory() {
        try {
            return Files.createDirectories(TargetDirectory.root()
                            .resolve("kernel-" + ProcessHandle.current().pid()))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theBackendIsTheOneOfThisRun() {
        String asked = System.getProperty(BackendSelector.BACKEND_PROPERTY, "");
        Class<?> expected = switch (asked) {
            case BackendSelector.SYSCALL -> SyscallKernel.class;
            case BackendSelector.LIBAIO -> LibaioKernel.class;
            default -> LinuxKernel.class;
        };

        assertThat(kernel()).isInstanceOf(expected);
    }
}

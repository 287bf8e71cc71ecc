package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Native memory that is used up: operations complete or fail, opening succeeds or fails, and nothing is lost. */
@OnRealKernel
@Timeout(300)
class FullAddressSpaceIT {
    private static final String ROUNDS = "5";
    private static final int ATTEMPTS = 4;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @ParameterizedTest
    @EnumSource
    void nothingIsLostIfTheAddressSpaceIsFull(FullAddressSpaceChild.Case what) throws IOException {
        // A JVM that gets no memory for itself aborts, which proves nothing about the library.
        Command.Result result;
        int attempts = 0;
        do {
            result = run(what);
            attempts++;
        } while (attempts < ATTEMPTS
                && result.output().contains("insufficient memory for the Java Runtime Environment"));

        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).containsPattern("shortages [1-9]");
    }

    private Command.Result run(FullAddressSpaceChild.Case what) throws IOException {
        // Interpreted: a compiler that gets no memory aborts the JVM, too.
        return ChildJvm.of(FullAddressSpaceChild.class)
                .by("env", "MALLOC_ARENA_MAX=1")
                .option("-Xint")
                .option("-Xms64m")
                .option("-Xmx64m")
                .option("-XX:ErrorFile=" + directory.resolve("hs_err"))
                .run(what.name(), directory.toString(), ROUNDS);
    }
}

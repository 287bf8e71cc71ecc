package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A full Java heap: operations complete or fail, opening succeeds or fails, and nothing is lost. */
@OnRealKernel
@Timeout(300)
class MemoryPressureIT {
    private static final String HEAP_ROUNDS = "10";

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @ParameterizedTest
    @EnumSource
    void nothingIsLostIfTheHeapIsFull(MemoryPressureChild.Case what) throws IOException {
        String output = ChildJvm.of(MemoryPressureChild.class)
                .option("-Xmx24m")
                .succeed(what.name(), directory.toString(), HEAP_ROUNDS);
        assertThat(output).containsPattern("shortages [1-9]");
    }
}

package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
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
        requireNothingLost(what);
    }

    /** Each event takes a call of the kernel, so that the reaper is the first to lack memory, in the middle of one. */
    @Test
    void nothingIsLostWithoutTheRing() throws IOException {
        requireNothingLost(MemoryPressureChild.Case.POOL, "-Dio.linuxaio.ring=false");
    }

    /** The reaper has never paused before: it finds the code for that when there is no memory. */
    @Test
    void nothingIsLostIfOnlyTheReaperReaps() throws IOException {
        requireNothingLost(MemoryPressureChild.Case.NON_BLOCKING, "-Dio.linuxaio.waiters=false");
    }

    private void requireNothingLost(MemoryPressureChild.Case what, String... settings) throws IOException {
        ChildJvm child = ChildJvm.of(MemoryPressureChild.class).option("-Xmx24m");
        for (String setting : settings) {
            child = child.option(setting);
        }
        String output = child.succeed(what.name(), directory.toString(), HEAP_ROUNDS);
        assertThat(output).containsPattern("shortages [1-9]");
    }
}

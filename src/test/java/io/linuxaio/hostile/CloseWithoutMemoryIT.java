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

/** One close releases a resource, also if the heap is full meanwhile: nothing is released later by a second one. */
@OnRealKernel
@Timeout(300)
class CloseWithoutMemoryIT {
    private static final String ROUNDS = "5";

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @ParameterizedTest
    @EnumSource
    void oneCloseIsEnough(CloseWithoutMemoryChild.Resource what) throws IOException {
        String output = ChildJvm.of(CloseWithoutMemoryChild.class)
                .option("-Xmx24m")
                .succeed(what.name(), directory.toString(), ROUNDS);

        assertThat(output).contains("shortages " + ROUNDS);
    }
}

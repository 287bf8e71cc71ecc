package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application taken out of service: the library retains nothing of it, and the JVM nothing of its library. */
@OnRealKernel
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class RedeploymentIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Without a recording, with one from the beginning, and with one that starts between two deployments. */
    @ParameterizedTest
    @ValueSource(strings = {"no", "yes", "later"})
    void theClassLoaderOfAnApplicationIsCollected(String recording) throws IOException {
        String output = ChildJvm.of(Redeployments.class).option("-Xmx128m").succeed(directory.toString(), recording);

        assertThat(output.lines()).last().isEqualTo("collected");
    }
}

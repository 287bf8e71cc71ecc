package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.PidsCgroup;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that cannot start another thread: operations complete or fail, and nothing is retained. */
@OnRealKernel
@Timeout(120)
class NoThreadsIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @ParameterizedTest
    @EnumSource
    void operationsCompleteAndNothingIsRetained(NoThreadsChild.Case what) throws IOException {
        try (PidsCgroup group = PidsCgroup.create("linux-aio-" + what)) {
            String output = ChildJvm.of(NoThreadsChild.class)
                    .by(group.entering().toArray(String[]::new))
                    .succeed(
                            what.name(), directory.toString(), group.directory().toString());
            assertThat(output).contains("all well");
        }
    }
}

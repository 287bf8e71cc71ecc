package io.linuxaio.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.files.AioFiles;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first line of code in the README, run as a whole program. */
@OnRealKernel
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class OneLineIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void writesItsFileAndExits() throws Exception {
        Command.Result result =
                ChildJvm.of(OneLine.class).by("env", "--chdir=" + directory).run();

        assertThat(result.output()).isEmpty();
        assertThat(result.exit()).isZero();
        assertThat(directory.resolve("output.txt")).hasBinaryContent("Hello".getBytes());
    }

    /** The program neither calls exit nor closes anything. */
    static final class OneLine {
        public static void main(String[] args) {
            AioFiles.write(Path.of("output.txt"), "Hello".getBytes()).join();
        }
    }
}

package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts that fail, and what they say. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StartIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void aSecondProcessIsRefusedAndTheFirstGoesOn() throws Exception {
        try (KvProcess first = KvProcess.start(directory);
                RespClient client = first.connect()) {
            Command.Result second = run(KvServer.small(directory));
            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.output())
                    .contains("in use by another flashkv, process ")
                    .doesNotContain("\tat ");
            assertThat(client.call("SET", "a", "b")).isEqualTo("OK");
            first.terminate();
        }
        try (KvServer again = KvServer.start(directory);
                RespClient client = again.connect()) {
            assertThat(client.call("GET", "a")).isEqualTo("b");
        }
    }

    @Test
    void aPortThatIsInUseIsNamed() throws Exception {
        try (KvServer server = KvServer.start(directory.resolve("first"))) {
            Command.Result second = run(
                    "--port",
                    "" + server.port(),
                    "--dir",
                    directory.resolve("second").toString());
            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.output())
                    .contains("port " + server.port() + " cannot be used: Address already in use")
                    .contains("choose another one by --port")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aDirectoryThatIsNotWritableIsNamed() throws Exception {
        Command.assumeRoot("can give up the right to write everywhere");
        Command.assumeInstalled("setpriv");
        Path readOnly = Files.createDirectory(directory.resolve("read-only"));
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
        String without = "-dac_override,-dac_read_search";
        Command.Result result = ChildJvm.of(FlashKv.class)
                .by("setpriv", "--bounding-set=" + without, "--inh-caps=" + without)
                .run(KvServer.small(readOnly));
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.output()).contains("not writable by this user").doesNotContain("\tat ");
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsNamed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Command.Result result = run(KvServer.small(file));
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.output()).contains(file + ": is no directory").doesNotContain("\tat ");
    }

    @Test
    void wrongOptionsAreExplainedAndHelpIsHelp() throws Exception {
        Command.Result wrong = run("--prot", "1");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.output()).contains("unknown option: --prot").contains("--help");
        Command.Result help = run("--help");
        assertThat(help.exit()).isZero();
        assertThat(help.output()).isEqualTo(Options.HELP);
    }

    private static Command.Result run(String... arguments) throws Exception {
        return ChildJvm.of(FlashKv.class).run(arguments);
    }
}

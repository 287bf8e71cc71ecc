package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code aio probe}, which measures the features it reports and leaves no file. */
@OnRealKernel
class ProbeIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private void assertNothingIsLeft(Path where, String... names) throws IOException {
        try (var files = Files.list(where)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly(names);
        }
    }

    @Test
    void eachKindOfWriteIsMeasured() throws IOException, InterruptedException {
        AioProcess.Result result = AioProcess.in(directory).run("probe", ".");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .containsPattern("O_DIRECT +works")
                .containsPattern("alignment +memory \\d+, position and length \\d+ \\(")
                .containsPattern("memory +512 .*4096 taken")
                .containsPattern("position +512 .*4096 taken")
                .containsPattern("NOWAIT +reads: .*; overwrites: ")
                .containsPattern("(?m)^overwrite +\\d.* (no|partly|yes)$")
                .containsPattern("(?m)^append +\\d.* (no|partly|yes)$")
                .containsPattern("(?m)^(Asynchronous|Done )");
        assertNothingIsLeft(directory, "stderr", "stdout");
    }

    @Test
    void aFileSelectsItsDirectory() throws IOException, InterruptedException {
        Files.write(directory.resolve("f"), new byte[777]);
        AioProcess.Result result = AioProcess.in(directory).run("probe", "--json", "f");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith("{\n")
                .endsWith("}\n")
                .contains("\"command\": \"probe\"", "\"overwrite\": {", "\"append\": {", "\"append_non_blocking\": {")
                .contains("\"verdict\": [");
        assertThat(directory.resolve("f")).hasBinaryContent(new byte[777]);
        assertNothingIsLeft(directory, "f", "stderr", "stdout");
    }

    @Test
    void missingDirectIoIsTheVerdict() throws IOException, InterruptedException {
        try (Volume volume = Volume.ramfs(directory)) {
            AioProcess.Result result =
                    AioProcess.in(directory).run("probe", volume.path().toString());

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).containsPattern("O_DIRECT +does not work").contains("No direct I/O here");
            assertNothingIsLeft(volume.path());
        }
    }
}

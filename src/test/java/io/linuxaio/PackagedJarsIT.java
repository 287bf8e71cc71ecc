package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.BackendCondition;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jars: the library, and the command that runs by {@code java -jar}. */
@OnRealKernel
class PackagedJarsIT {
    private static final Path LIBRARY = Path.of(System.getProperty("io.linuxaio.test.library-jar"));
    private static final Path CLI = Path.of(System.getProperty("io.linuxaio.test.cli-jar"));

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    @Test
    void theLibraryExportsTwoPackagesAndRequiresOnlyThePlatform() {
        ModuleDescriptor module =
                ModuleFinder.of(LIBRARY).find("io.linuxaio").orElseThrow().descriptor();

        assertThat(module.isAutomatic()).isFalse();
        assertThat(module.exports())
                .allSatisfy(exports -> assertThat(exports.isQualified()).isFalse())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder("io.linuxaio", "io.linuxaio.files");
        assertThat(module.requires())
                .extracting(ModuleDescriptor.Requires::name)
                .allSatisfy(name -> assertThat(name).matches("java\\..*|jdk\\..*"));
    }

    @Test
    void theLibraryContainsNothingOfTheCommand() throws IOException {
        assertThat(entries(LIBRARY))
                .contains("io/linuxaio/AioBackend.class", "module-info.class")
                .noneMatch(name -> name.startsWith("io/linuxaio/cli")
                        || name.startsWith("picocli")
                        || name.startsWith("org/HdrHistogram"));
    }

    @Test
    void theCommandContainsAllItNeeds() throws IOException {
        assertThat(entries(CLI))
                .contains(
                        "io/linuxaio/AioBackend.class",
                        "io/linuxaio/cli/Aio.class",
                        "picocli/CommandLine.class",
                        "org/HdrHistogram/Histogram.class")
                .noneMatch(name -> name.endsWith("module-info.class"));
        try (JarFile jar = new JarFile(CLI.toFile())) {
            Manifest manifest = jar.getManifest();
            assertThat(manifest.getMainAttributes().getValue("Main-Class")).isEqualTo("io.linuxaio.cli.Aio");
            assertThat(manifest.getMainAttributes().getValue("Enable-Native-Access"))
                    .isEqualTo("ALL-UNNAMED");
        }
    }

    @Test
    void theCommandRunsAndPrintsItsVersion() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-D" + BackendCondition.BACKEND + "=" + System.getProperty(BackendCondition.BACKEND),
                        "-jar",
                        CLI.toString(),
                        "--version")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(output, StandardCharsets.UTF_8))
                .isEqualTo("aio " + System.getProperty("io.linuxaio.test.version") + System.lineSeparator());
    }

    private static List<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(entry -> entry.getName()).toList();
        }
    }
}

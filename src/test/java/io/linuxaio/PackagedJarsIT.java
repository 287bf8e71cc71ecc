package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                .contains(
                        "io/linuxaio/AioBackend.class",
                        "module-info.class",
                        "META-INF/native-image/io.linuxaio/linux-aio/reachability-metadata.json")
                .noneMatch(name -> name.startsWith("io/linuxaio/cli")
                        || name.startsWith("picocli")
                        || name.startsWith("org/HdrHistogram")
                        || name.startsWith("com/fasterxml"));
    }

    @Test
    void theCommandContainsAllItNeeds() throws IOException {
        assertThat(entries(CLI))
                .contains(
                        "io/linuxaio/AioBackend.class",
                        "io/linuxaio/cli/Aio.class",
                        "picocli/CommandLine.class",
                        "org/HdrHistogram/Histogram.class",
                        "com/fasterxml/jackson/core/JsonGenerator.class")
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

    @ParameterizedTest
    @ValueSource(strings = {"", "-cli", "-sources", "-javadoc"})
    void everyJarContainsTheLicenceAndNothingOfTheJavaThatMavenRanOn(String classifier) throws IOException {
        Path jar = jar(classifier);
        assumeTrue(Files.exists(jar) || !classifier.equals("-javadoc"), "built with maven.javadoc.skip");

        assertThat(text(jar, "META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("LICENSE")));
        assertThat(text(jar, "META-INF/MANIFEST.MF")).doesNotContain("Jdk", "Created-By: Maven");
    }

    @Test
    void theNoticesNameAllThatTheCommandCarries() throws IOException {
        String notices = text(CLI, "META-INF/THIRD-PARTY-NOTICES");
        List<String> packages = entries(CLI).stream()
                .filter(name -> name.endsWith(".class") && !name.startsWith("io/linuxaio/"))
                .map(name ->
                        name.startsWith("META-INF/versions/") ? name.replaceFirst("META-INF/versions/\\d+/", "") : name)
                .map(PackagedJarsIT::root)
                .distinct()
                .toList();

        assertThat(packages).isNotEmpty().allSatisfy(root -> assertThat(notices).contains("Package: " + root + "\n"));
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(notices)
                .contains("info.picocli:picocli " + element(pom, "version.picocli"))
                .contains("org.hdrhistogram:HdrHistogram " + element(pom, "version.hdrhistogram"))
                .contains("com.fasterxml.jackson.core:jackson-core " + element(pom, "version.jackson"))
                .contains("Redistributions in binary form must reproduce the above copyright notice");
        assertThat(entries(CLI))
                .filteredOn(name -> name.matches("(?i)META-INF/[^/]*(licen[cs]e|notice|copying)[^/]*"))
                .containsExactlyInAnyOrder("META-INF/LICENSE", "META-INF/THIRD-PARTY-NOTICES");
    }

    @Test
    void thePublishedPomHasAllThatUsersNeedAndNoDependency() throws IOException {
        String pom = Files.readString(LIBRARY.resolveSibling("published-pom.xml"));

        assertThat(pom)
                .contains("<name>", "<description>", "<url>", "<license>", "<developer>", "<scm>", "<issueManagement>")
                .doesNotContain("<dependenc", "<build>", "<profile", "<repositor", "${");
        assertThat(element(pom, "version")).isEqualTo(System.getProperty("io.linuxaio.test.version"));
    }

    // The name of an artifact's root package: those of one organisation share a parent.
    private static String root(String entry) {
        String[] names = entry.split("/");
        return names[0].equals("org") || names[0].equals("com") ? names[0] + "/" + names[1] : names[0];
    }

    private static String element(String xml, String name) {
        Matcher matcher =
                Pattern.compile("<" + name + ">([^<]*)</" + name + ">").matcher(xml);
        assertThat(matcher.find()).as(name).isTrue();
        return matcher.group(1);
    }

    private static Path jar(String classifier) {
        return LIBRARY.resolveSibling(LIBRARY.getFileName().toString().replace(".jar", classifier + ".jar"));
    }

    private static String text(Path jar, String entry) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            assertThat(file.getEntry(entry)).as(entry + " in " + jar).isNotNull();
            return new String(file.getInputStream(file.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(entry -> entry.getName()).toList();
        }
    }
}

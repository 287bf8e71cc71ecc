package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JVMs with and without the modules that observe a context. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WatchedJvmIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("file");
    }

    @Test
    void eventClassesAreNotLoadedWithoutARecording() throws IOException {
        String output = ChildJvm.of(WatchedChild.class)
                .option("-Xlog:class+load:stdout")
                .succeed(file.toString());

        assertThat(output)
                .contains("wrote 4096", "io.linuxaio.JfrRecorder ")
                .doesNotContain("io.linuxaio.OperationEvent", "jdk.jfr.internal.MetadataRepository ");
    }

    @Test
    void theBaseModuleSufficesOnTheClassPath() throws IOException {
        String output = ChildJvm.of(WatchedChild.class)
                .option("--limit-modules=java.base")
                .succeed(file.toString());

        assertThat(output).contains("wrote 4096");
    }

    @Test
    void theBaseModuleSufficesOnTheModulePath() throws IOException {
        String output = ChildJvm.of(WatchedChild.class)
                .modular()
                .option("--limit-modules=java.base,io.linuxaio")
                .succeed(file.toString());

        assertThat(output).contains("wrote 4096");
    }

    @Test
    void registrationFailsWithoutTheManagementModule() throws IOException {
        String output = ChildJvm.of(WatchedChild.class)
                .option("--limit-modules=java.base")
                .succeed(file.toString(), "a name");

        assertThat(output)
                .contains(
                        "UnsupportedOperationException", "no module java.management", "--add-modules java.management");
    }

    @Test
    void registrationWorksIfTheManagementModuleIsAdded() throws IOException {
        String output = ChildJvm.of(WatchedChild.class)
                .modular()
                .option("--add-modules=java.management")
                .succeed(file.toString(), "a name");

        assertThat(output).contains("wrote 4096");
    }

    @Test
    void aRecordingFromTheBeginningHasAllEvents() throws IOException {
        assertRecords(ChildJvm.of(WatchedChild.class));
    }

    @Test
    void aRecordingFromTheBeginningHasAllEventsOfAModule() throws IOException {
        assertRecords(ChildJvm.of(WatchedChild.class).modular());
    }

    private void assertRecords(ChildJvm jvm) throws IOException {
        Path recording = directory.resolve("recording.jfr");
        jvm.option("-XX:StartFlightRecording:filename=" + recording + ",+io.linuxaio.Operation#threshold=0ms")
                .succeed(file.toString());

        List<RecordedEvent> events = RecordingFile.readAllEvents(recording).stream()
                .filter(event -> event.getEventType().getName().startsWith("io.linuxaio."))
                .toList();
        assertThat(events)
                .extracting(event -> event.getEventType().getName())
                .containsExactlyInAnyOrder(
                        "io.linuxaio.ContextOpened", "io.linuxaio.Operation", "io.linuxaio.ContextClosed");
        assertThat(events).extracting(event -> event.getString("context")).containsOnly(WatchedChild.CONTEXT);
    }
}

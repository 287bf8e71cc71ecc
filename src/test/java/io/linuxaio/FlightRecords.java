package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A recording in this JVM, and its events of one context. */
final class FlightRecords implements AutoCloseable {
    private final Recording recording = new Recording();
    private final String context;
    private List<RecordedEvent> events;

    FlightRecords(String context) {
        this.context = context;
    }

    /** Starts to record events with this name and at least this duration. */
    void start(String event, Duration threshold) {
        recording.enable(event).withThreshold(threshold);
        recording.start();
    }

    /** Records all of these events, too. */
    void enable(String event) {
        recording.enable(event).withoutThreshold();
    }

    /** Records none of these events. */
    void disable(String event) {
        recording.disable(event);
    }

    /** Ends the recording, and returns the events with this name. */
    List<RecordedEvent> stop(String event) throws IOException {
        recording.stop();
        Path directory = TargetDirectory.create();
        Path file = directory.resolve("recording.jfr");
        recording.dump(file);
        events = RecordingFile.readAllEvents(file);
        Files.delete(file);
        Files.delete(directory);
        return of(event);
    }

    /** Returns the events with this name, after {@link #stop}. */
    List<RecordedEvent> of(String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .filter(event -> context.equals(event.getString("context")))
                .toList();
    }

    /** Ends the recording, and returns the only event with this name. */
    RecordedEvent one(String name) throws IOException {
        List<RecordedEvent> all = stop(name);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Override
    public void close() {
        recording.close();
    }
}

package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * The result files of one run. Each line is written to the disk immediately, so that no result is lost if a run ends
 * early.
 */
final class ResultsFile {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path directory;

    private ResultsFile(Path directory) {
        this.directory = directory;
    }

    /** Creates a directory, or one named after the time below target/bench if it is null. */
    static ResultsFile at(Path directory) {
        return directory != null ? in(directory, true) : in(Bench.TARGET.resolve("bench"), false);
    }

    /** Creates a directory named after the time below this one, or exactly this one if {@code exactly}. */
    private static ResultsFile in(Path parent, boolean exactly) {
        Path directory = exactly ? parent : parent.resolve(NAME.format(LocalDateTime.now()));
        Places.create(directory);
        if (Files.exists(directory.resolve(Report.RAW))) {
            throw new BenchException(directory + " has results already: choose another with --out");
        }
        return new ResultsFile(directory);
    }

    void add(ObjectNode line) throws IOException {
        Files.writeString(
                directory.resolve(Report.RAW),
                Json.MAPPER.writeValueAsString(line) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    Path directory() {
        return directory;
    }
}

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

    private final Path folder;

    private ResultsFile(Path folder) {
        this.folder = folder;
    }

    /** Makes a folder named after the time below this one, or this very folder where {@code exactly}. */
    static ResultsFile in(Path parent, boolean exactly) throws IOException {
        Path folder = exactly ? parent : parent.resolve(NAME.format(LocalDateTime.now()));
        Files.createDirectories(folder);
        if (Files.exists(folder.resolve(Report.RAW))) {
            throw new BenchException(folder + " has results already: choose another with --out");
        }
        return new ResultsFile(folder);
    }

    void add(ObjectNode line) throws IOException {
        Files.writeString(
                folder.resolve(Report.RAW),
                Json.MAPPER.writeValueAsString(line) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    Path folder() {
        return folder;
    }
}

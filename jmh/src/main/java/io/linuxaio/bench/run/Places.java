package io.linuxaio.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of a subcommand that select the directories of its files and of its results. */
final class Places {
    @Option(names = "--directory", paramLabel = "DIRECTORY", description = "Where files go. Default: target/bench.")
    private Path directory;

    @Option(names = "--out", paramLabel = "DIRECTORY", description = "Where results go. Default: below target/bench.")
    private Path out;

    /** Returns the directory of the files, which may not exist. */
    Path directory() {
        return (directory != null ? directory : Bench.TARGET.resolve("bench")).toAbsolutePath();
    }

    /** Returns the directory of the files, which is created if it does not exist. */
    Path files() {
        return create(directory());
    }

    /**
     * Creates a directory, and those above it, if it does not exist.
     *
     * @throws BenchException if it cannot be created
     */
    static Path create(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new BenchException("the directory " + directory + " cannot be created: " + e, e);
        }
    }

    /** Creates the file of the results. */
    ResultsFile results() {
        return ResultsFile.at(out);
    }
}

package io.linuxaio.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Small logs for tests, and what is in them. */
final class LogFixture {
    static final int SEGMENT = 64 << 10;
    static final int BUFFER = 16 << 10;

    private LogFixture() {}

    /** Returns the settings of a log with small segments. */
    static LogWriter.Builder small(Path directory) {
        return LogWriter.builder(directory).segmentSize(SEGMENT).bufferSize(BUFFER);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the records of a log, as texts. */
    static List<String> records(LogWriter.Builder settings) throws IOException {
        List<String> records = new ArrayList<>();
        settings.open((_, record) -> records.add(LogExample.text(record))).close();
        return records;
    }

    static List<String> records(Path directory) throws IOException {
        return records(small(directory));
    }

    /** Appends records one by one, so that each is a group of its own, and returns their positions. */
    static List<Long> appendAlone(LogWriter log, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> log.append(bytes(name(i))).join())
                .toList();
    }

    static String name(int number) {
        return "record " + number;
    }

    static List<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(LogFixture::name).toList();
    }
}

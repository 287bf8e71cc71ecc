package io.linuxaio.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The example of the README and of the package description. */
final class LogExample {
    private LogExample() {}

    // @start region="example"
    static List<String> appendTwo(Path directory) throws IOException {
        List<String> present = new ArrayList<>();
        LogRecordHandler replay = (_, record) -> present.add(text(record));
        try (LogWriter log = LogWriter.builder(directory).open(replay)) {
            // From any number of threads.
            CompletableFuture<Long> first = log.append("first".getBytes(StandardCharsets.UTF_8));
            CompletableFuture<Long> second = log.append("second".getBytes(StandardCharsets.UTF_8));
            // Durable from here on: neither a killed process nor a power failure loses them.
            first.join();
            second.join();
        }
        return present;
    }

    static String text(ByteBuffer record) {
        return StandardCharsets.UTF_8.decode(record).toString();
    }
    // @end
}

package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A count of system calls by {@code strace -f -c}, of the whole process including its startup. */
final class Syscalls {
    private static final int CALLS = 3;

    private Syscalls() {}

    /** Runs the command under strace, and adds {@code syscalls} to its result: how many for each operation. */
    static ObjectNode count(List<String> command, Duration limit) throws IOException, InterruptedException {
        Path table = Files.createTempFile("bench", ".strace");
        try {
            List<String> traced = new ArrayList<>(List.of("strace", "-f", "-c", "-o", table.toString()));
            traced.addAll(command);
            ObjectNode result = Json.result(Programs.run(traced, limit.multipliedBy(2)));
            double operations = result.path("operations").asDouble();
            if (operations > 0) {
                ObjectNode calls = result.putObject("syscalls");
                for (String line : Files.readAllLines(table)) {
                    String[] columns = line.strip().split("\\s+");
                    if (columns.length > CALLS && columns[CALLS].matches("[0-9]+")) {
                        double perOperation = Long.parseLong(columns[CALLS]) / operations;
                        if (perOperation >= 0.005) {
                            calls.put(columns[columns.length - 1], perOperation);
                        }
                    }
                }
            }
            return result;
        } finally {
            Files.delete(table);
        }
    }
}

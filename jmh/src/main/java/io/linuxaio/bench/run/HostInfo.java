package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.LinuxAio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A description of the machine, and of other load on it. */
final class HostInfo {
    private static final double MOST_BUSY = 0.05;
    private static final long LOOKED_AT_MILLIS = 1000;
    private static final int SHOWN = 3;
    /** The columns of user and system time in /proc/PID/stat, counted after the name. */
    private static final int USER_TICKS = 11;

    private HostInfo() {}

    static ObjectNode facts() {
        return Json.object()
                .put("kernel", System.getProperty("os.version"))
                .put("architecture", System.getProperty("os.arch"))
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("processor", processor())
                .put("jdk", System.getProperty("java.vm.vendor") + " " + Runtime.version())
                .put("backend", LinuxAio.backend().toString())
                .put("fio", Programs.ask("fio", "--version").orElse("not installed"))
                .put(
                        "compiler",
                        Programs.ask("cc", "--version")
                                .map(text -> text.lines().findFirst().orElse(""))
                                .orElse("not installed"));
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Looks for a second at what runs: {@code idle} tells whether figures taken now are worth anything. */
    static ObjectNode idleness() throws InterruptedException {
        try {
            double load = Double.parseDouble(
                    Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
            Map<String, Long> before = ticksByProcess();
            long[] totalBefore = totalTicks();
            Thread.sleep(LOOKED_AT_MILLIS);
            long[] totalAfter = totalTicks();
            double all = Math.max(1, totalAfter[0] - totalBefore[0]);
            double busy = 1 - (totalAfter[1] - totalBefore[1]) / all;
            // Not by the load: it is a minute's average, and the round before is in it.
            ObjectNode answer = Json.object()
                    .put("idle", busy <= MOST_BUSY)
                    .put("load", load)
                    .put("busy", Math.round(busy * 1000) / 1000.0);
            ArrayNode busiest = answer.putArray("busiest");
            busiest(before, ticksByProcess()).forEach(busiest::add);
            return answer;
        } catch (IOException e) {
            return Json.object().put("idle", false).put("unknown", e.toString());
        }
    }

    private static List<String> busiest(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Long> used = new HashMap<>();
        after.forEach((process, ticks) -> used.put(process, ticks - before.getOrDefault(process, 0L)));
        List<Map.Entry<String, Long>> order = new ArrayList<>(used.entrySet());
        order.sort(Comparator.comparing((Map.Entry<String, Long> each) -> each.getValue())
                .reversed());
        return order.stream()
                .filter(each -> each.getValue() > 1)
                .limit(SHOWN)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Returns the ticks of all processors, and those idle or waiting for a disk. */
    private static long[] totalTicks() throws IOException {
        String[] columns = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +");
        long total = 0;
        for (int i = 1; i < Math.min(columns.length, 9); i++) {
            total += Long.parseLong(columns[i]);
        }
        return new long[] {total, Long.parseLong(columns[4]) + Long.parseLong(columns[5])};
    }

    private static Map<String, Long> ticksByProcess() throws IOException {
        Map<String, Long> ticks = new HashMap<>();
        String own = Long.toString(ProcessHandle.current().pid());
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path each : all.toList()) {
                String name = each.getFileName().toString();
                if (!name.matches("[0-9]+") || name.equals(own)) {
                    continue;
                }
                try {
                    String stat = Files.readString(each.resolve("stat"));
                    int end = stat.lastIndexOf(')');
                    String[] columns = stat.substring(end + 2).split(" ");
                    ticks.put(
                            stat.substring(stat.indexOf('(') + 1, end) + " (" + name + ")",
                            Long.parseLong(columns[USER_TICKS]) + Long.parseLong(columns[USER_TICKS + 1]));
                } catch (IOException ended) {
                    // It is gone, and does not disturb any more.
                }
            }
        }
        return ticks;
    }
}

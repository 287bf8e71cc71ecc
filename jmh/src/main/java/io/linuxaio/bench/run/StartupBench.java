package io.linuxaio.bench.run;

import io.linuxaio.bench.startup.FirstWrite;
import io.linuxaio.bench.startup.Nothing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A measurement of the startup: the time from the command to the end of the work, and to the exit of the process. */
@Command(
        name = "startup",
        mixinStandardHelpOptions = true,
        description = "How long a JVM takes that does nothing; one that does a first write of 4 KiB with linux-aio,"
                + " without and with an AOT cache; and \"aio info\". Until that is done, and until the process has ended,"
                + " for which a context waits in io_destroy. In turn; medians.")
final class StartupBench implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Option(names = "--runs", paramLabel = "N", description = "Of each. Default: ${DEFAULT-VALUE}.")
    int runs = 15;

    @Mixin
    Places places = new Places();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (runs < 1) {
            throw new BenchException("--runs must be at least 1");
        }
        Path place = places.files();
        ResultsFile results = places.results();
        Path file = place.resolve("startup.dat");
        Path cache = place.resolve("startup.aot");
        try {
            return measure(commands(file, cache), results);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(cache);
        }
    }

    private Map<String, List<String>> commands(Path file, Path cache) throws IOException, InterruptedException {
        List<String> write = List.of(FirstWrite.class.getName(), file.toString());
        run(java(List.of("-XX:AOTCacheOutput=" + cache), write));
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put("JVM that does nothing", java(List.of(), List.of(Nothing.class.getName())));
        commands.put("first write", java(List.of(), write));
        if (Files.exists(cache)) {
            commands.put("first write, AOT cache", java(List.of("-XX:AOTCache=" + cache), write));
        } else {
            System.err.println("bench: this JVM made no AOT cache: that row is left out");
        }
        Path aio = Path.of(System.getProperty("bench-home.aio", "scripts/aio"));
        if (Files.isExecutable(aio)) {
            // Once before: it may have to build.
            run(List.of(aio.toString(), "info"));
            commands.put("scripts/aio info", List.of(aio.toString(), "info"));
        } else {
            System.err.println("bench: " + aio + " is not there: that row is left out");
        }
        return commands;
    }

    private static List<String> java(List<String> flags, List<String> rest) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:+UseSerialGC");
        command.addAll(flags);
        command.add("-cp");
        // The library and this alone: in the jar with everything the JVM would look through peers, too.
        command.add(System.getProperty("bench-home.library", "") + ":" + System.getProperty("bench-home.startup", ""));
        command.addAll(rest);
        return command;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Programs.Ended ended = Programs.run(command, LIMIT);
        if (ended.status() != 0) {
            throw new BenchException(
                    String.join(" ", command) + " ended with " + ended.status() + ": " + ended.errors());
        }
    }

    private int measure(Map<String, List<String>> commands, ResultsFile results)
            throws IOException, InterruptedException {
        results.add(Rounds.start("startup-start"));
        Map<String, List<Programs.Timed>> times = new LinkedHashMap<>();
        commands.keySet().forEach(name -> times.put(name, new ArrayList<>()));
        for (int i = 0; i < runs; i++) {
            List<String> order = new ArrayList<>(commands.keySet());
            Collections.shuffle(order);
            for (String name : order) {
                Programs.Timed time = Programs.time(commands.get(name), LIMIT);
                times.get(name).add(time);
                results.add(Json.object()
                        .put("type", "startup")
                        .put("what", name)
                        .put("done_ms", time.said())
                        .put("ended_ms", time.ended()));
            }
        }
        System.out.printf("| what | runs | done after ms | ended after ms |%n|---|---|---|---|%n");
        times.forEach((name, all) -> System.out.printf(
                "| %s | %d | %s | %s |%n",
                name, runs, spread(all, Programs.Timed::said), spread(all, Programs.Timed::ended)));
        System.err.println("bench: results are in " + results.directory());
        return 0;
    }

    private static String spread(List<Programs.Timed> all, ToDoubleFunction<Programs.Timed> which) {
        double[] millis = all.stream().mapToDouble(which).sorted().toArray();
        return "%.0f [%.0f–%.0f]".formatted(millis[millis.length / 2], millis[0], millis[millis.length - 1]);
    }
}

package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.Workload;
import io.linuxaio.bench.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command of scripts/bench, which compares variants; subcommands run other measurements. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures linux-aio beside a C program that does the same, fio, and other ways to do I/O from Java:"
                    + " each as a process of its own, in turn, several rounds.",
            "Prints a table, and leaves raw results, the table and plots in a directory below target/bench."
        },
        subcommands = {
            SubmitBench.class,
            JournalBench.class,
            SmallFilesBench.class,
            UnalignedBench.class,
            StartupBench.class,
            ReportCommand.class
        },
        footer = {
            "",
            "The exit code is 1 where linux-aio or the C program failed, or the run was interrupted.",
            "",
            "Examples:",
            "  scripts/bench --quick                     does everything work here?",
            "  scripts/bench --target memory --depth 32  what the software costs",
            "  scripts/bench --variants 'queue-*'        those alone, with the C program",
            "  scripts/bench --depth 4096                deep queues",
            "  scripts/bench --depth 32 --threads 1,2,8  several threads that submit"
        })
public final class Bench implements Callable<Integer> {
    @Option(
            names = "--target",
            split = ",",
            paramLabel = "TARGET",
            description = "disk (a file, O_DIRECT), loop (a loop device over memory; root), memory (a file on tmpfs),"
                    + " or all. Default: all.")
    List<String> targets = List.of("all");

    @Option(
            names = "--variants",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Selects the variants: names, in which * stands for anything, or groups: linux-aio, peers, c, fio,"
                            + " all. Default: all; with --quick: linux-aio, c, fio. The C program's references always run.")
    List<String> variants;

    @Mixin
    WorkloadOptions workloads = new WorkloadOptions();

    @Option(names = "--rounds", paramLabel = "N", description = "How many rounds. Default: 5; with --quick: 1.")
    Integer rounds;

    @Option(
            names = "--references",
            paramLabel = "N",
            description = "How often the C program runs in each round. Default: 3; with --quick: 1.")
    Integer references;

    @Option(
            names = "--quick",
            description = "Shows that everything works: short windows, one round. Figures mean nothing.")
    boolean quick;

    @Option(names = "--latency", description = "Also takes latencies, in passes of their own.")
    boolean latency;

    @Option(
            names = "--syscalls",
            description = "Counts system calls under strace instead: the times of such a run mean nothing. No fio.")
    boolean syscalls;

    @Option(
            names = "-D",
            paramLabel = "NAME=VALUE",
            mapFallbackValue = "",
            description = "A system property for the JVMs of variants, such as bench.submission=non_blocking.")
    Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--out",
            paramLabel = "DIRECTORY",
            description = "Where results go. Default: a new directory below target/bench.")
    Path out;

    @Option(
            names = "--directory",
            paramLabel = "DIRECTORY",
            description = "Where the disk's file goes, which stays there. Default: target/bench.")
    Path directory;

    @Option(names = "--list", description = "Tells who can take part, and who cannot and why.")
    boolean list;

    /** Set by scripts/bench: where results go and where the C program is. */
    static final Path TARGET = Path.of(System.getProperty("bench-home.target", "target"));

    private static final Path PROGRAM = TARGET.resolve("aio_bench");

    /** See the class. */
    public static void main(String[] arguments) {
        // Plots are drawn where there is no screen.
        System.setProperty("java.awt.headless", "true");
        CommandLine line = new CommandLine(new Bench()).setExecutionExceptionHandler((exception, command, parsed) -> {
            if (exception instanceof BenchException || exception instanceof IllegalArgumentException) {
                System.err.println("bench: " + exception.getMessage());
            } else {
                exception.printStackTrace(System.err);
            }
            return 1;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        // Where figures mean nothing, a quick start is worth more than quick code.
        List<String> flags = new ArrayList<>(quick ? List.of("-XX:TieredStopAtLevel=1") : List.of());
        properties.forEach((name, value) -> flags.add("-D" + name + "=" + value));
        List<String> missing = new ArrayList<>();
        List<Contender> all = Selection.all(PROGRAM, syscalls, flags, missing::add);
        if (list) {
            all.forEach(each -> System.out.printf("%-26s %-6s %s%n", each.name(), each.group(), each.description()));
            missing.forEach(System.out::println);
            return 0;
        }
        if (syscalls && !Programs.isInstalled("strace")) {
            throw new BenchException("--syscalls wants strace: apt install strace");
        }
        List<Contender> chosen = Selection.of(
                all, variants != null ? variants : quick ? List.of("linux-aio", "c", "fio") : List.of("all"));
        Places.create(TARGET.resolve("bench"));
        workloads.validate(quick);
        if (rounds() < 1 || references() < 1) {
            throw new BenchException("--rounds and --references must be at least 1");
        }
        for (String name : targetNames()) {
            if (!Targets.NAMES.contains(name)) {
                throw new BenchException(
                        "no target is named " + name + "; there are all, " + String.join(", ", Targets.NAMES));
            }
        }
        ResultsFile results = ResultsFile.at(out);
        boolean good;
        try (Interruption interruption = new Interruption()) {
            try {
                good = compare(chosen, missing, results, interruption);
            } finally {
                Report.write(results.directory());
            }
            System.out.println(Files.readString(results.directory().resolve(Report.TABLE)));
            System.err.println("bench: results are in " + results.directory());
        }
        return good ? 0 : 1;
    }

    /** Answers whether it came to its end without a failure of linux-aio or of the C program. */
    private boolean compare(
            List<Contender> chosen, List<String> missing, ResultsFile results, Interruption interruption)
            throws IOException, InterruptedException {
        ObjectNode start = Json.object().put("type", "start");
        start.set("machine", HostInfo.facts());
        start.put("rounds", rounds()).put("quick", quick);
        start.set("properties", Json.MAPPER.valueToTree(properties));
        results.add(start);
        for (String reason : missing) {
            say(results, reason);
        }
        ObjectNode idle = HostInfo.idleness();
        if (!idle.get("idle").asBoolean()) {
            System.err.println("bench:" + Rounds.notIdle(idle));
        }
        List<Target> prepared = new ArrayList<>();
        boolean failed;
        try {
            List<Case> cases = new ArrayList<>();
            for (String name : targetNames()) {
                try {
                    Target target = Targets.prepare(
                            name, directory != null ? directory : TARGET.resolve("bench"), workloads.size(quick));
                    prepared.add(target);
                    for (Workload workload : workloads.on(target, quick)) {
                        cases.add(new Case(name, workload));
                    }
                } catch (BenchException e) {
                    if (!targets.contains("all")) {
                        throw e;
                    }
                    say(results, "left out: " + e.getMessage());
                }
            }
            if (cases.isEmpty()) {
                throw new BenchException("nothing is left to measure on");
            }
            estimate(cases, chosen);
            Rounds all = new Rounds(cases, chosen, results, interruption, System.err);
            all.check();
            all.measure(rounds(), references(), latency);
            failed = all.ownFailed();
        } finally {
            for (Target target : prepared) {
                target.close();
            }
        }
        boolean complete = !interruption.came();
        results.add(Json.object().put("type", "end").put("complete", complete));
        return complete && !failed;
    }

    private static void say(ResultsFile results, String note) throws IOException {
        System.err.println("bench: " + note);
        results.add(Json.object().put("type", "note").put("text", note));
    }

    private void estimate(List<Case> cases, List<Contender> chosen) {
        double seconds = 0;
        for (Case each : cases) {
            double once = Limits.measuring(each.workload()).toMillis() / 1e3;
            for (Contender contender : chosen) {
                if (contender.unfit(each.workload(), PassKind.MEASURE) == null) {
                    double start = contender instanceof JavaContender ? 0.5 : 0.05;
                    int times = contender instanceof CContender c && c.isReference() ? references() : 1;
                    seconds += (once + start) * times * rounds() * (latency ? 2 : 1) + start + 0.3;
                }
            }
        }
        System.err.printf(
                "bench: %d workloads, %d contenders, %d rounds: about %.0f minutes%n",
                cases.size(), chosen.size(), rounds(), Math.ceil(seconds / 60));
    }

    private List<String> targetNames() {
        return targets.contains("all") ? Targets.NAMES : targets;
    }

    private int rounds() {
        return rounds != null ? rounds : quick ? 1 : 5;
    }

    private int references() {
        return references != null ? references : quick ? 1 : 3;
    }
}

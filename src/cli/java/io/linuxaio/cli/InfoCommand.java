package io.linuxaio.cli;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioContext;
import io.linuxaio.AioLimits;
import io.linuxaio.AioProbeResult;
import io.linuxaio.LinuxAio;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.runtime.ReportFormat;
import io.linuxaio.cli.runtime.Version;
import io.linuxaio.cli.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aio info}: reports whether Linux AIO works. */
@Command(
        name = "info",
        description = {
            "Shows whether Linux AIO works here, through which backend and within which limits. With PATH, it also"
                    + " shows whether direct and asynchronous I/O work there. It tries them; in a directory, with a small"
                    + " file that it removes.",
            "Exits with 1 if something does not work.",
            ""
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Examples:", "  aio info", "  aio info /var/lib/postgresql", "  aio info --json ."})
final class InfoCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", arity = "0..1", description = "A file, directory or block device.")
    Path path;

    @Option(names = "--json", description = "Print one JSON object instead of the report, and nothing else.")
    boolean json;

    private final CommandContext context;

    InfoCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (path != null) {
            context.names().checkFile(path);
        }
        // The small file must be removed before the process exits.
        context.stop().beginWork();
        // Before anything is printed: a missing path is reported in one line.
        AioProbeResult support = path != null && LinuxAio.isAvailable() ? LinuxAio.probe(path) : null;
        if (json) {
            return printJson(support);
        }
        line("version", Version.version());
        line("kernel", LinuxAio.kernelRelease() + ", " + System.getProperty("os.arch"));
        line("java", System.getProperty("java.vendor.version", System.getProperty("java.version")));
        line("backend", backend());
        line("aio-max-nr", limits());
        String refusal = refusal();
        line("Linux AIO", refusal == null ? "works" : "does not work: " + refusal);
        boolean works = refusal == null;
        if (support != null) {
            context.out().println();
            works &= print(support);
        }
        context.out().flush();
        return works ? ExitCode.OK : ExitCode.IO;
    }

    private int printJson(AioProbeResult support) {
        String refusal = refusal();
        context.print(Json.of(InfoReport.json(refusal, support, context.names())));
        context.out().flush();
        boolean works = refusal == null && (support == null || support.directIo() && support.asynchronousIo());
        return works ? ExitCode.OK : ExitCode.IO;
    }

    private void line(String name, String value) {
        ReportFormat.line(context, name, value);
    }

    private static String backend() {
        return LinuxAio.isAvailable()
                ? LinuxAio.backend().toString().toLowerCase(Locale.ROOT) + " (" + LinuxAio.backendReason() + ")"
                : "none";
    }

    private static String limits() {
        try {
            AioLimits limits = LinuxAio.limits();
            return limits.max() + ", of which " + limits.used() + " are used and " + limits.free() + " free";
        } catch (UncheckedIOException e) {
            return "unknown: " + Failures.line(e);
        }
    }

    /** Returns the reason why a context cannot be opened, or null. */
    private static String refusal() {
        if (!LinuxAio.isAvailable()) {
            return LinuxAio.unavailableReason().orElseThrow();
        }
        try (AioContext _ = AioContext.builder().queueDepth(1).open()) {
            return null;
        } catch (IOException e) {
            return Failures.line(e);
        }
    }

    private boolean print(AioProbeResult support) {
        line("path", context.names().name(support.path()));
        line("filesystem", support.filesystem());
        line("O_DIRECT", support.directIo() ? "works" : "does not work");
        support.alignment().ifPresent(alignment -> line("alignment", words(alignment, support.alignmentSource())));
        line("AIO there", support.asynchronousIo() ? "works" : "does not work");
        support.problem().ifPresent(problem -> line("problem", Failures.words(problem)));
        return support.directIo() && support.asynchronousIo();
    }

    private static String words(AioAlignment alignment, String source) {
        return "memory " + alignment.memory() + ", position and length " + alignment.offset() + " (" + source + ")";
    }
}

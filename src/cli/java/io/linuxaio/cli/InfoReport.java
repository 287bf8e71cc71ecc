package io.linuxaio.cli;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioLimits;
import io.linuxaio.AioProbeResult;
import io.linuxaio.LinuxAio;
import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.runtime.FileNames;
import io.linuxaio.cli.runtime.Version;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The report of {@code aio info} as JSON. */
final class InfoReport {
    /** The version of the JSON object, incremented when a key is removed or changes its meaning. */
    private static final int FORMAT = 1;

    private InfoReport() {}

    /**
     * Returns the object that {@code --json} prints. Its keys are documented in command-line.md.
     *
     * @param problem the reason why Linux AIO does not work, or null
     * @param support the result for a path, or null
     */
    static Map<String, Object> json(String problem, AioProbeResult support, FileNames names) {
        boolean available = LinuxAio.isAvailable();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("command", "info");
        json.put("version", Version.version());
        json.put("kernel", LinuxAio.kernelRelease());
        json.put("architecture", System.getProperty("os.arch"));
        json.put("java", System.getProperty("java.vendor.version", System.getProperty("java.version")));
        json.put("backend", available ? LinuxAio.backend().toString().toLowerCase(Locale.ROOT) : null);
        json.put("backendReason", available ? LinuxAio.backendReason() : null);
        json.put("limits", limits());
        json.put("works", problem == null);
        json.put("problem", problem);
        json.put("path", support == null ? null : path(support, names));
        return json;
    }

    private static Map<String, Object> limits() {
        try {
            AioLimits limits = LinuxAio.limits();
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("max", limits.max());
            json.put("used", limits.used());
            json.put("free", limits.free());
            return json;
        } catch (UncheckedIOException unknown) {
            return null;
        }
    }

    private static Map<String, Object> path(AioProbeResult support, FileNames names) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", names.name(support.path()));
        json.put("filesystem", support.filesystem());
        json.put("directIo", support.directIo());
        json.put("asynchronousIo", support.asynchronousIo());
        json.put("problem", support.problem().map(Failures::words).orElse(null));
        json.put("alignment", support.alignment().map(InfoReport::alignment).orElse(null));
        json.put("alignmentSource", support.alignmentSource().isEmpty() ? null : support.alignmentSource());
        return json;
    }

    private static Map<String, Object> alignment(AioAlignment alignment) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("memory", alignment.memory());
        json.put("offset", alignment.offset());
        return json;
    }
}

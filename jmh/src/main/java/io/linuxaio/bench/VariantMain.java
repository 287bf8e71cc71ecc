package io.linuxaio.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The main class of a process for one variant and one workload: {@code VariantMain PASS VARIANT name=value...}. Prints
 * one line of JSON: the results, or {@code error} with the reason; the exit status is 1 then.
 */
public final class VariantMain {
    private VariantMain() {}

    /** See above. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Object> answer;
        int status = 0;
        try {
            answer = run(List.of(arguments));
        } catch (Exception | LinkageError e) {
            answer = Map.of("error", shortly(e));
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            System.err.print(trace);
            status = 1;
        }
        System.out.println(new ObjectMapper().writeValueAsString(answer));
        System.out.flush();
        // Threads of peers that nobody can end must not keep the process.
        System.exit(status);
    }

    private static Map<String, Object> run(List<String> arguments) throws Exception {
        if (arguments.size() < 2) {
            throw new IllegalArgumentException("wanted: PASS VARIANT name=value...");
        }
        Mode pass = Mode.valueOf(arguments.get(0).toUpperCase(Locale.ROOT));
        Variant variant = Variants.named(arguments.get(1))
                .orElseThrow(() -> new IllegalArgumentException("no variant is named " + arguments.get(1)));
        Workload workload = Workload.parse(arguments.subList(2, arguments.size()));
        if (variant.unfit(workload) != null) {
            throw new IllegalArgumentException(variant.unfit(workload));
        }
        return pass.run(variant, workload);
    }

    /** The exception and its causes, in one line. */
    private static String shortly(Throwable thrown) {
        StringBuilder line = new StringBuilder();
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            line.append(line.isEmpty() ? "" : "; caused by ").append(each);
        }
        return line.toString().replace('\n', ' ');
    }
}

package io.linuxaio.internal.kernel;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kernel's headers of one architecture, as installed on this machine, read by the C preprocessor. */
public final class KernelHeaders {
    private static final int OLDEST = 6 << 16 | 1 << 8;
    private static final Pattern LINE = Pattern.compile("^\"(\\w+)\" (.+)$", Pattern.MULTILINE);
    private static final Pattern CAST = Pattern.compile("\\(__kernel_rwf_t\\)");

    private final Architecture architecture;
    private final List<Path> directories;

    private KernelHeaders(Architecture architecture, List<Path> directories) {
        this.architecture = architecture;
        this.directories = directories;
    }

    /** Finds the headers of an architecture, or skips the test and names the package. */
    public static KernelHeaders installedFor(Architecture architecture) throws IOException, InterruptedException {
        if (!startsPreprocessor()) {
            abort("no C preprocessor: install cpp");
        }
        List<Path> directories = directories(architecture);
        if (directories.isEmpty()) {
            abort("no kernel headers of " + architecture + ": install " + debianPackage(architecture));
        }
        KernelHeaders headers = new KernelHeaders(architecture, directories);
        int version = headers.values(List.of("LINUX_VERSION_CODE")).get("LINUX_VERSION_CODE");
        if (version < OLDEST) {
            abort("the kernel headers of " + architecture + " are older than 6.1");
        }
        return headers;
    }

    /** Returns the values of those names that are macros. */
    public Map<String, Integer> values(Collection<String> names) throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder();
        for (String header : List.of(
                "linux/version.h",
                "linux/types.h",
                "asm/unistd.h",
                "linux/errno.h",
                "linux/fcntl.h",
                "linux/stat.h",
                "linux/falloc.h",
                "linux/fs.h",
                "linux/poll.h",
                "linux/aio_abi.h")) {
            source.append("#include <").append(header).append(">\n");
        }
        names.forEach(name -> source.append("#ifdef ")
                .append(name)
                .append("\n\"")
                .append(name)
                .append("\" ")
                .append(name)
                .append("\n#endif\n"));

        Map<String, Integer> values = new LinkedHashMap<>();
        Matcher line = LINE.matcher(preprocess(source.toString()));
        while (line.find()) {
            values.put(line.group(1), evaluate(line.group(2)));
        }
        return values;
    }

    private String preprocess(String source) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("cpp", "-undef", "-nostdinc", "-P", "-D__LP64__", "-D__SIZEOF_POINTER__=8"));
        command.addAll(predefined(architecture));
        directories.forEach(directory -> command.addAll(List.of("-isystem", directory.toString())));

        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var input = process.getOutputStream()) {
            input.write(source.getBytes(StandardCharsets.US_ASCII));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }

    /**
     * Numbers and shifts of them, joined by {@code |}, with casts and parentheses: the requested macros contain no
     * more.
     */
    private static int evaluate(String expression) {
        return Stream.of(CAST.matcher(expression).replaceAll("").split("\\|"))
                .map(term -> term.replaceAll("[()\\s]", "").split("<<"))
                .mapToInt(term -> term.length == 1 ? number(term[0]) : number(term[0]) << number(term[1]))
                .reduce(0, (left, right) -> left | right);
    }

    private static int number(String text) {
        return Long.decode(text.replaceFirst("[uU]$", "")).intValue();
    }

    private static boolean startsPreprocessor() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("cpp", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the directories of Debian's packages for other machines, of its own machine's, and of others. */
    private static List<Path> directories(Architecture architecture) {
        Path include = Path.of("/usr/include");
        List<List<Path>> candidates = new ArrayList<>();
        candidates.add(List.of(Path.of("/usr", triplet(architecture), "include")));
        candidates.add(List.of(include.resolve(triplet(architecture)), include));
        if (architecture.osArch().equals(System.getProperty("os.arch"))) {
            candidates.add(List.of(include));
        }
        return candidates.stream()
                .filter(directories -> Files.exists(directories.getFirst().resolve("asm/unistd.h")))
                .findFirst()
                .orElse(List.of());
    }

    private static String triplet(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> "x86_64-linux-gnu";
            case AARCH64 -> "aarch64-linux-gnu";
            case RISCV64 -> "riscv64-linux-gnu";
            case PPC64LE -> "powerpc64le-linux-gnu";
        };
    }

    private static String debianPackage(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> "linux-libc-dev (linux-libc-dev-amd64-cross on another machine)";
            case AARCH64 -> "linux-libc-dev-arm64-cross";
            case RISCV64 -> "linux-libc-dev-riscv64-cross";
            case PPC64LE -> "linux-libc-dev-ppc64el-cross";
        };
    }

    private static List<String> predefined(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> List.of("-D__x86_64__");
            case AARCH64 -> List.of("-D__aarch64__");
            case RISCV64 -> List.of("-D__riscv", "-D__riscv_xlen=64");
            case PPC64LE -> List.of("-D__powerpc__", "-D__powerpc64__", "-D__LITTLE_ENDIAN__", "-D_CALL_ELF=2");
        };
    }
}

package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The command line as the kernel stores it. The JVM decodes arguments with the locale's charset and replaces bytes that
 * cannot be decoded. File names made of the result would denote other files.
 */
public final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /**
     * Returns the arguments in the form of {@link FileNames#decode}.
     *
     * @throws IOException if their bytes cannot be determined
     */
    public static String[] exact(String[] decoded) throws IOException {
        for (String argument : decoded) {
            if (isInDoubt(argument)) {
                return exact(decoded, Files.readAllBytes(COMMAND_LINE), charset());
            }
        }
        return decoded;
    }

    /** Takes the last strings of the process's command line, if they decode to the arguments of the command. */
    static String[] exact(String[] decoded, byte[] commandLine, Charset charset) throws IOException {
        List<byte[]> raw = split(commandLine);
        int first = raw.size() - decoded.length;
        String[] exact = new String[decoded.length];
        for (int i = 0; i < decoded.length; i++) {
            if (first >= 0 && new String(raw.get(first + i), charset).equals(decoded[i])) {
                exact[i] = FileNames.decode(raw.get(first + i));
            } else if (decoded[i].indexOf('\uFFFD') < 0 && charset.equals(StandardCharsets.UTF_8)) {
                exact[i] = decoded[i];
            } else {
                throw new IOException("argument " + (i + 1) + " is not text in this locale, whose charset is " + charset
                        + ", and " + COMMAND_LINE + " does not show its bytes; give it to java -jar directly, or set"
                        + " LC_ALL=C.UTF-8");
            }
        }
        return exact;
    }

    private static boolean isInDoubt(String argument) {
        for (int i = 0; i < argument.length(); i++) {
            if (argument.charAt(i) >= 0x80 || argument.charAt(i) == '?') {
                return true;
            }
        }
        return false;
    }

    private static Charset charset() {
        return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), StandardCharsets.UTF_8);
    }

    private static List<byte[]> split(byte[] commandLine) {
        List<byte[]> strings = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                strings.add(Arrays.copyOfRange(commandLine, start, i));
                start = i + 1;
            }
        }
        return strings;
    }
}

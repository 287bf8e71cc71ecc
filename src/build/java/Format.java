import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Checks (or, with {@code apply}, puts right) the format of all Java files below the given folders. */
final class Format {
    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean apply = args[0].equals("apply");
        List<String> wrong = new ArrayList<>();
        int files = 0;
        for (String folder : List.of(args).subList(1, args.length)) {
            for (Path file : javaFiles(Path.of(folder))) {
                files++;
                String complaint = handle(file, apply);
                if (complaint != null) {
                    wrong.add(file + ": " + complaint);
                }
            }
        }
        wrong.forEach(line -> System.err.println("[ERROR] " + line));
        if (!wrong.isEmpty()) {
            System.err.println("[ERROR] To put the format right: mvn process-sources -Dformat.mode=apply");
            System.exit(1);
        }
        System.out.println("[INFO] " + files + " Java files are formatted");
    }

    private static List<Path> javaFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    private static String handle(Path file, boolean apply) throws IOException {
        String source = Files.readString(file);
        String formatted;
        try {
            formatted = format(source);
        } catch (FormatterException e) {
            return "cannot be parsed: " + e.getMessage();
        }
        if (source.equals(formatted)) {
            return null;
        }
        if (apply) {
            Files.writeString(file, formatted);
            System.out.println("[INFO] formatted " + file);
            return null;
        }
        return firstDifference(source, formatted);
    }

    private static String format(String source) throws FormatterException {
        String imports = ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.PALANTIR);
        return FORMATTER.formatSource(RemoveUnusedImports.removeUnusedImports(imports));
    }

    private static String firstDifference(String source, String formatted) {
        List<String> have = source.lines().toList();
        List<String> want = formatted.lines().toList();
        for (int i = 0; i < Math.min(have.size(), want.size()); i++) {
            if (!have.get(i).equals(want.get(i))) {
                return "line " + (i + 1) + " should be: " + want.get(i);
            }
        }
        return "differs at its end";
    }
}

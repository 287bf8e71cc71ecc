import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Prints how many tests ran, one line for each given {@code name=directory of XML reports}, and the others by reason. */
final class TestSummary {
    /** The number of tests that are named for one reason. */
    private static final int SHOWN = 6;

    private int run;
    private int failed;
    private int skipped;
    private final Map<String, List<String>> byReason = new TreeMap<>();

    private TestSummary() {}

    public static void main(String[] args) throws Exception {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            TestSummary summary = new TestSummary();
            summary.read(Path.of(arg.substring(equals + 1)));
            summary.print(arg.substring(0, equals));
        }
    }

    private void read(Path folder) throws Exception {
        for (Path report : reports(folder)) {
            Element suite = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getDocumentElement();
            NodeList cases = suite.getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                count((Element) cases.item(i));
            }
        }
    }

    private static List<Path> reports(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted()
                    .toList();
        }
    }

    private void count(Element test) {
        Element skip = (Element) test.getElementsByTagName("skipped").item(0);
        if (skip != null) {
            String name = test.getAttribute("name");
            skipped++;
            String type = test.getAttribute("classname").replaceFirst(".*\\.", "");
            byReason.computeIfAbsent(reason(skip), reason -> new ArrayList<>())
                    .add(type + (name.isEmpty() ? "" : "." + name));
            return;
        }
        run++;
        boolean bad = test.getElementsByTagName("failure").getLength() > 0
                || test.getElementsByTagName("error").getLength() > 0;
        failed += bad ? 1 : 0;
    }

    /** A condition's reason stands in an attribute, a failed assumption's in the first line of its stack trace. */
    private static String reason(Element skip) {
        String message = skip.getAttribute("message");
        return message.isEmpty()
                ? skip.getTextContent()
                        .lines()
                        .findFirst()
                        .orElse("no reason given")
                        .replaceFirst("^[\\w.]+: ", "")
                : message;
    }

    private void print(String name) {
        System.out.printf("linux-aio: %-16s %d tests, %d failed, %d skipped%n", name, run, failed, skipped);
        byReason.forEach((reason, tests) -> {
            System.out.printf("linux-aio:   %d skipped: %s%n", tests.size(), reason);
            System.out.println("linux-aio:     " + shortened(tests));
        });
    }

    /** The first few, and how many more. */
    private static String shortened(List<String> tests) {
        String first = tests.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return tests.size() <= SHOWN ? first : first + " and " + (tests.size() - SHOWN) + " more";
    }
}

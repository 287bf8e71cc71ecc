import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Prints the result of a PIT run, class by class, and compares its survivors with the ones that a page explains.
 *
 * <p>Arguments: PIT's {@code mutations.xml}, the page, and the least percentage of mutants that must be killed. The page
 * has a table whose rows start with {@code | `Class.method` | description |}. Exits with 1 if fewer mutants were killed,
 * or if a survivor in the engine is not explained.
 */
final class MutationSummary {
    private static final String ENGINE = "io.linuxaio.internal.engine.";

    private final Map<String, int[]> classes = new TreeMap<>();
    private final List<String> unexplained = new ArrayList<>();
    private final Set<String> explained;
    private int killed;
    private int all;
    private int unexplainedInEngine;

    private MutationSummary(Set<String> explained) {
        this.explained = explained;
    }

    public static void main(String[] args) throws Exception {
        MutationSummary summary = new MutationSummary(explained(Path.of(args[1])));
        summary.read(Path.of(args[0]));
        summary.print();
        System.exit(summary.isGoodEnough(Integer.parseInt(args[2])) ? 0 : 1);
    }

    private static Set<String> explained(Path page) throws IOException {
        Set<String> keys = new HashSet<>();
        for (String line : Files.readAllLines(page)) {
            String[] cells = line.split(" *\\| *");
            if (cells.length > 3 && cells[1].startsWith("`")) {
                keys.add(cells[1].replace("`", "") + ": " + cells[2]);
            }
        }
        return keys;
    }

    private void read(Path report) throws Exception {
        NodeList mutants = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("mutation");
        for (int i = 0; i < mutants.getLength(); i++) {
            count((Element) mutants.item(i));
        }
    }

    private void count(Element mutant) {
        String name = text(mutant, "mutatedClass");
        int[] counts = classes.computeIfAbsent(name.replaceFirst("\\$.*", ""), _ -> new int[2]);
        boolean detected = mutant.getAttribute("detected").equals("true");
        counts[1]++;
        all++;
        if (detected) {
            counts[0]++;
            killed++;
            return;
        }
        String simple = name.substring(name.lastIndexOf('.') + 1);
        String key = simple + "." + text(mutant, "mutatedMethod") + ": " + text(mutant, "description");
        if (!explained.contains(key)) {
            unexplained.add(key + "  (line " + text(mutant, "lineNumber") + ", "
                    + mutant.getAttribute("status").toLowerCase().replace('_', ' ') + ")");
            if (name.startsWith(ENGINE)) {
                unexplainedInEngine++;
            }
        }
    }

    private static String text(Element mutant, String tag) {
        return mutant.getElementsByTagName(tag).item(0).getTextContent();
    }

    private void print() {
        System.out.printf("%-55s %7s %7s %5s%n", "class", "killed", "mutants", "%");
        classes.forEach((name, counts) ->
                System.out.printf("%-55s %7d %7d %5d%n", name, counts[0], counts[1], percent(counts[0], counts[1])));
        System.out.printf("%-55s %7d %7d %5d%n", "all", killed, all, percent(killed, all));
        if (!unexplained.isEmpty()) {
            System.out.println("\nsurvivors that src/docs/mutations.md does not explain:");
            unexplained.stream().sorted().forEach(key -> System.out.println("  " + key));
        }
        System.out.printf(
                "%nmutations: %d of %d killed (%d %%), %d survivors explained, %d not, of these %d in the engine%n",
                killed,
                all,
                percent(killed, all),
                all - killed - unexplained.size(),
                unexplained.size(),
                unexplainedInEngine);
    }

    private boolean isGoodEnough(int least) {
        return percent(killed, all) >= least && unexplainedInEngine == 0;
    }

    private static int percent(int part, int whole) {
        return whole == 0 ? 100 : (int) (100L * part / whole);
    }
}

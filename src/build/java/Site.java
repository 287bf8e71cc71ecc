import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** Writes the documentation as HTML that needs no network: the Javadoc, and all pages of the checkout. Fails on dead links. */
final class Site {
    private static final Pattern LINK = Pattern.compile("(href|src)=\"([^\"]*)\"");
    private static final Pattern ID = Pattern.compile("\\bid=\"([^\"]*)\"");
    private static final Pattern REMOTE = Pattern.compile("[a-z]+:.*");
    private static final List<Extension> EXTENSIONS =
            List.of(TablesExtension.create(), HeadingAnchorExtension.create());
    private static final String STYLE = """
            body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222 }
            pre { background: #f4f4f4; padding: .8em; overflow-x: auto } code { font-size: 90% }
            table { border-collapse: collapse } th, td { border: 1px solid #ccc; padding: .3em .6em; text-align: left }
            nav { border-bottom: 1px solid #ccc; padding-bottom: .5em } img { max-width: 100% }
            """;

    private final Path root = Path.of("").toAbsolutePath();
    private final Path output;
    private final String version;
    private final TreeSet<Path> pages = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    private Site(String version, Path output) {
        this.version = version;
        this.output = output;
    }

    public static void main(String[] args) throws IOException {
        new Site(args[0], Path.of(args[1])).write();
    }

    private void write() throws IOException {
        javadoc();
        try (Stream<Path> files = Files.walk(root)) {
            files.map(root::relativize)
                    .filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> Stream.of("target", ".git", ".github")
                            .noneMatch(part -> ("/" + file).contains("/" + part + "/")))
                    .forEach(pages::add);
        }
        for (Path page : pages) {
            Path target = output.resolve(html(page.toString()));
            Files.createDirectories(target.getParent());
            Files.writeString(target, render(page));
        }
        Files.writeString(output.resolve("index.html"), frame(Path.of("index.md"), "Documentation", index()));
        checkLinks();
        if (!faults.isEmpty()) {
            faults.forEach(fault -> System.err.println("site: " + fault));
            System.exit(1);
        }
        System.out.println("site: " + pages.size() + " pages and the Javadoc are in " + output + "/index.html");
    }

    /** Writes the Javadoc, each page of which links to the pages. */
    private void javadoc() {
        ToolProvider tool = ToolProvider.findFirst("javadoc").orElseThrow();
        List<String> arguments = new ArrayList<>(List.of(
                ("-quiet -Xdoclint:all -Werror -notimestamp --no-fonts -encoding UTF-8 -docencoding UTF-8 -locale en"
                                + " --release 25 --module io.linuxaio --snippet-path src/test/java"
                                + " --module-source-path io.linuxaio=src/main/java:src/generated/java")
                        .split(" ")));
        arguments.addAll(List.of("-d", output + "/api", "-windowtitle", "linux-aio " + version));
        arguments.addAll(List.of("-bottom", "<a href=\"{@docRoot}/../index.html\">All pages of linux-aio</a>"));
        int status = tool.run(System.out, System.err, arguments.toArray(String[]::new));
        if (status != 0) {
            faults.add("javadoc failed");
        }
    }

    private String render(Path page) throws IOException {
        String text = Files.readString(page);
        String body = HtmlRenderer.builder()
                .extensions(EXTENSIONS)
                .build()
                .render(Parser.builder().extensions(EXTENSIONS).build().parse(text));
        String title = text.lines()
                .filter(line -> line.startsWith("# "))
                .map(line -> line.substring(2))
                .findFirst()
                .orElse(page.toString());
        return frame(
                page,
                title,
                LINK.matcher(body)
                        .replaceAll(link ->
                                Matcher.quoteReplacement(link.group(1) + "=\"" + target(page, link.group(2)) + "\"")));
    }

    /** Returns the link in the site for one in the checkout. A file that is no page is copied. */
    private String target(Path page, String link) {
        if (REMOTE.matcher(link).matches() || link.startsWith("#")) {
            return link;
        }
        String path = link.replaceFirst("#.*", "");
        Path file = root.relativize(root.resolve(page).resolveSibling(path).normalize());
        if (pages.contains(file)) {
            return html(path) + link.substring(path.length());
        }
        try {
            if (Files.isRegularFile(file)) {
                Files.createDirectories(output.resolve(file).getParent());
                Files.write(output.resolve(file), Files.readAllBytes(file));
            } else if (Files.isDirectory(file)) {
                Files.createDirectories(output.resolve(file));
            }
        } catch (IOException e) {
            faults.add(page + ": " + e);
        }
        return link;
    }

    private static String html(String path) {
        return path.replaceFirst("\\.md$", ".html");
    }

    private static String frame(Path page, String title, String body) {
        String up = "../".repeat(page.getNameCount() - 1);
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title + "</title><style>"
                + STYLE + "</style></head><body><nav><a href=\"" + up + "index.html\">linux-aio</a> · <a href=\"" + up
                + "api/index.html\">API</a></nav>\n" + body + "</body></html>\n";
    }

    private String index() {
        return pages.stream()
                .map(page -> "<li><a href=\"" + html(page.toString()) + "\">" + page + "</a></li>")
                .collect(Collectors.joining(
                        "\n", "<h1>linux-aio</h1><p><a href=\"api/index.html\">API</a></p><ul>\n", "\n</ul>"));
    }

    /** Checks each link of each page: its file and its anchor. The javadoc tool checks its own. */
    private void checkLinks() throws IOException {
        List<Path> all = new ArrayList<>(pages);
        all.add(Path.of("index.html"));
        all.add(Path.of("api/io.linuxaio/io/linuxaio/package-summary.html"));
        for (Path page : all) {
            Path file = output.resolve(html(page.toString()));
            Matcher links = LINK.matcher(Files.readString(file));
            while (links.find()) {
                String link = links.group(2);
                if (REMOTE.matcher(link).matches() || link.isEmpty() || link.equals("#")) {
                    continue;
                }
                URI uri = URI.create(link);
                Path target = uri.getPath().isEmpty()
                        ? file
                        : file.resolveSibling(uri.getPath()).normalize();
                if (!Files.exists(target)) {
                    faults.add(page + ": dead link " + link);
                } else if (uri.getFragment() != null && !hasAnchor(target, uri.getFragment())) {
                    faults.add(page + ": no anchor for " + link);
                }
            }
        }
    }

    private static boolean hasAnchor(Path file, String anchor) throws IOException {
        return Files.isDirectory(file)
                || ID.matcher(Files.readString(file))
                        .results()
                        .anyMatch(id -> id.group(1).equals(anchor));
    }
}

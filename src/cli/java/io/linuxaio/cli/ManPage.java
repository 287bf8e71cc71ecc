package io.linuxaio.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command and its subcommands in the format of man(7), generated from the command model like
 * {@code --help}.
 */
final class ManPage {
    private final CommandSpec root;
    private final String version;
    private final StringBuilder page = new StringBuilder();

    ManPage(CommandSpec root, String version) {
        this.root = root;
        this.version = version;
    }

    String roff() {
        String name = root.name();
        macro("TH", name.toUpperCase(Locale.ROOT), "1", "", name + " " + version, "User Commands");
        macro("SH", "NAME");
        text(name + " - " + firstSentence(root));
        macro("SH", "SYNOPSIS");
        for (CommandLine command : commands()) {
            synopsis(command.getCommandSpec());
        }
        macro("SH", "DESCRIPTION");
        paragraphs(root.usageMessage().description());
        macro("SH", "OPTIONS");
        arguments(root);
        macro("SH", "COMMANDS");
        for (CommandLine command : commands()) {
            command(command.getCommandSpec());
        }
        macro("SH", "EXIT STATUS");
        for (Map.Entry<String, String> code : root.usageMessage().exitCodeList().entrySet()) {
            macro("TP");
            text(code.getKey().strip());
            text(code.getValue());
        }
        macro("SH", "NOTES");
        footer(root);
        return page.toString();
    }

    private Iterable<CommandLine> commands() {
        return root.subcommands().values();
    }

    private static String firstSentence(CommandSpec spec) {
        String first = spec.usageMessage().description()[0];
        return Character.toLowerCase(first.charAt(0)) + first.substring(1).replaceFirst("\\.$", "");
    }

    private void synopsis(CommandSpec spec) {
        page.append(".B ").append(escape(spec.qualifiedName())).append('\n');
        page.append("[\\fIOPTIONS\\fR]");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            String label = "\\fI" + escape(parameter.paramLabel()) + "\\fR";
            page.append(' ').append(parameter.required() ? label : "[" + label + "]");
        }
        page.append('\n');
        macro("br");
    }

    private void command(CommandSpec spec) {
        macro("SS", spec.qualifiedName());
        paragraphs(spec.usageMessage().description());
        arguments(spec);
        footer(spec);
    }

    private void arguments(CommandSpec spec) {
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            macro("TP");
            page.append("\\fI").append(escape(parameter.paramLabel())).append("\\fR\n");
            description(parameter);
        }
        for (OptionSpec option : spec.options().stream()
                .sorted(Comparator.comparingInt(OptionSpec::order))
                .toList()) {
            macro("TP");
            page.append("\\fB")
                    .append(escape(String.join(", ", option.names())))
                    .append("\\fR");
            if (option.arity().max() > 0) {
                boolean optional = option.arity().min() == 0;
                page.append(optional ? "[=" : " ")
                        .append("\\fI")
                        .append(escape(option.paramLabel()))
                        .append("\\fR")
                        .append(optional ? "]" : "");
            }
            page.append('\n');
            description(option);
        }
    }

    private void description(ArgSpec argument) {
        for (String line : argument.description()) {
            text(line.replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValue())));
        }
    }

    private void paragraphs(String[] lines) {
        for (String line : lines) {
            if (!line.isEmpty()) {
                macro("PP");
                text(line);
            }
        }
    }

    /** Appends the footer. Indented lines are examples, which are not filled. */
    private void footer(CommandSpec spec) {
        boolean example = false;
        for (String line : List.of(spec.usageMessage().footer())) {
            if (line.isEmpty()) {
                continue;
            }
            boolean indented = line.startsWith("  ");
            if (indented && !example) {
                macro("RS");
                macro("nf");
            } else if (!indented && example) {
                endExample();
            }
            if (!indented) {
                macro("PP");
            }
            text(line.strip());
            example = indented;
        }
        if (example) {
            endExample();
        }
    }

    private void endExample() {
        macro("fi");
        macro("RE");
    }

    private void macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escape(argument)).append('"');
        }
        page.append('\n');
    }

    private void text(String line) {
        // Resolves picocli's markup, such as %n and @|bold ...|@, as picocli does without colours.
        String plain =
                Ansi.OFF.string(line.replace("%n", "\n").replace("%%", "%")).strip();
        plain.lines()
                .filter(one -> !one.isBlank())
                .forEach(one -> page.append(escape(one.strip())).append('\n'));
    }

    /** Escapes roff: a line that begins with a dot or quote would be a macro, and a typed hyphen differs from one in prose. */
    static String escape(String text) {
        String escaped = text.replace("\\", "\\e")
                .replace("\"", "\\(dq")
                .replace("-", "\\-")
                .replace("'", "\\(aq");
        return escaped.startsWith(".") ? "\\&" + escaped : escaped;
    }
}

package io.linuxaio.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The completion script of bash and zsh: tables of words, generated from the command model like {@code --help}, and a
 * function for each shell that looks them up. The shell itself completes file names, so no name is ever evaluated.
 */
final class CompletionScript {
    /** The entry of a table for which the shell completes file names. */
    private static final String FILES = "<files>";

    private static final String DRIVER = """
            # Sets kind to words, files or none; found to the possible last arguments, one a line; and lead to the part of
            # the last argument that precedes them.
            _aio_find() {
                local command='' previous='' current='' ended='' count=0 word=''
                for word in "$@"; do
                    if [ "$current" = -- ]; then
                        ended=yes
                    fi
                    previous=$current
                    current=$word
                    count=$((count + 1))
                    if [ "$count" = 1 ]; then
                        command=$word
                    fi
                done
                lead=''
                if [ "$count" -le 1 ]; then
                    found=$(_aio_words '')
                elif [ -n "$ended" ]; then
                    found=$(_aio_values "$command")
                elif [[ $current == --*=* ]]; then
                    lead=${current%%=*}=
                    found=$(_aio_values "$command $lead")
                elif [[ $previous == -?* ]] && found=$(_aio_values "$command $previous"); then
                    :
                elif [[ $current == -* ]]; then
                    found=$(_aio_words "$command")
                else
                    found=$(_aio_values "$command")
                fi
                case $found in
                    '') kind=none ;;
                    '<files>') kind=files ;;
                    *) kind=words ;;
                esac
                last=$current
            }

            # Bash splits words at =, and replaces the part behind it.
            _complete_aio() {
                local kind='' found='' lead='' last='' word='' joined='' count=0 i=0
                local -a words=()
                for ((i = 1; i <= COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    if [[ $word == = && $count -gt 0 ]]; then
                        words[count - 1]+='='
                        joined=yes
                    elif [[ -n $joined ]]; then
                        words[count - 1]+=$word
                        joined=''
                    else
                        words[count++]=$word
                    fi
                done
                _aio_find "${words[@]}"
                COMPREPLY=()
                if [[ $kind != files ]]; then
                    compopt +o default 2>/dev/null
                fi
                if [[ $kind == words ]]; then
                    while IFS= read -r word; do
                        if [[ $lead$word == "$last"* ]]; then
                            [[ $COMP_WORDBREAKS == *=* ]] || word=$lead$word
                            COMPREPLY+=("$word")
                        fi
                    done <<<"$found"
                fi
            }

            _complete_aio_zsh() {
                local kind='' found='' lead='' last=''
                _aio_find "${(@)words[2,CURRENT]}"
                case $kind in
                    files)
                        [[ -n $lead ]] && compset -P '*='
                        _files
                        ;;
                    words) compadd -- "$lead"${(f)^found} ;;
                esac
            }

            if [ -n "${ZSH_VERSION-}" ]; then
                if ! whence compdef >/dev/null; then
                    autoload -Uz compinit && compinit
                fi
                compdef _complete_aio_zsh aio
            else
                complete -o default -F _complete_aio aio
            fi
            """;

    private final CommandSpec root;
    private final StringBuilder script = new StringBuilder();

    CompletionScript(CommandSpec root) {
        this.root = root;
    }

    @Override
    public String toString() {
        script.append("# Completes the commands and options of aio, and their values, in bash and zsh.\n\n");
        script.append(
                "# Prints the options of a command; without a command, the commands.\n_aio_words() {\n    case $1 in\n");
        line(
                "",
                Stream.concat(root.subcommands().keySet().stream(), options(root))
                        .toList());
        for (CommandLine command : root.subcommands().values()) {
            line(command.getCommandName(), options(command.getCommandSpec()).toList());
        }
        script.append("    esac\n}\n\n# Prints the values of an option or, without one, of a parameter; fails if there"
                + " are none.\n_aio_values() {\n    case $1 in\n");
        for (CommandLine command : root.subcommands().values()) {
            values(command.getCommandSpec());
        }
        script.append("        *) return 1 ;;\n    esac\n}\n\n").append(DRIVER);
        return script.toString();
    }

    private void values(CommandSpec command) {
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            if (parameter.index().min() == 0) {
                line(command.name(), values(parameter));
            }
        }
        for (OptionSpec option : command.options()) {
            if (option.arity().max() > 0) {
                for (String name : option.names()) {
                    // Attached to the option by =, or the next argument.
                    line(command.name() + " " + name + "=", values(option));
                    if (!isAttached(option)) {
                        line(command.name() + " " + name, values(option));
                    }
                }
            }
        }
    }

    private static Stream<String> options(CommandSpec command) {
        return command.options().stream()
                .flatMap(option -> Stream.concat(
                        Arrays.stream(option.names()),
                        isAttached(option)
                                ? values(option).stream().map(value -> option.longestName() + "=" + value)
                                : Stream.empty()));
    }

    /** Returns {@code true} if the word after the option is not its value. */
    private static boolean isAttached(OptionSpec option) {
        return option.arity().max() > 0 && option.arity().min() == 0;
    }

    private static List<String> values(ArgSpec argument) {
        Class<?> type = argument.type();
        if (type == Path.class) {
            return List.of(FILES);
        }
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(value -> ((Enum<?>) value).name().toLowerCase(Locale.ROOT))
                        .toList()
                : List.of();
    }

    private void line(String pattern, List<String> words) {
        script.append("        '").append(pattern).append("') ");
        if (words.isEmpty()) {
            script.append(":");
        } else {
            script.append("printf '%s\\n'");
            words.forEach(word -> script.append(" '").append(word).append('\''));
        }
        script.append(" ;;\n");
    }
}

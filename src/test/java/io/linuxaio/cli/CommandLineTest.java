package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.ShutdownSignal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalid command lines, refused with one line and exit code 2 before anything is touched. */
class CommandLineTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Aio.run(
                new CommandContext(
                        new ShutdownSignal(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        false),
                args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                          | aio: a command is missing: one of write, read, copy, info",
                "wrte                                        | aio: unknown command 'wrte'; did you mean write?",
                "write                                       | aio write: Missing required parameter: 'FILE'",
                "write --sizee 1 no-such-file                | unknown option '--sizee'; did you mean --size?",
                "write no-such-file b                        | aio write: too many arguments, beginning with 'b'",
                "write -                                     | FILE cannot be -",
                "read -                                      | FILE cannot be -",
                "write --size 4x no-such-file                | '4x' is not a size",
                "write --size 1 --depth 0 no-such-file       | --depth must be from 1 to 1048575, not 0",
                "write --size 1 --depth 1048576 no-such-file | --depth must be from 1 to 1048575, not 1048576",
                "write --size 1 --depth many no-such-file    | 'many' is not a whole number",
                "write --size 1 --block-size 0 no-such-file  | --block-size must be from 1 to 512m, not 0",
                "write --size 1 --block-size 1g no-such-file | --block-size must be from 1 to 512m, not 1073741824",
                "write --size 1 --depth 99999 no-such-file   | --depth 99999 times --block-size 1.0 MiB is 97.7 GiB",
                "write --size 1 --checksum=md5 no-such-file  | 'md5' is neither sha256 nor crc32c",
                "read --verify no-such-file                  | --verify needs --to DST",
                "read --sync no-such-file                    | --sync needs --to DST",
                "read --verify --to /dev/null no-such-file   | --verify needs a regular file as DST",
                "copy no-such-file                           | aio copy: Missing required parameter: 'TARGET'",
                "copy - no-such-file                         | FILE cannot be -",
                "copy a no-such-file c                       | aio copy: too many arguments, beginning with 'c'",
                "copy --forec a no-such-file                 | unknown option '--forec'; did you mean --force?",
                "bench                                       | aio bench: Missing required parameter: 'FILE'",
                "bench --rw rread no-such-file               | 'rread' is none of read, write, randread, randwrite",
                "bench --depth 0 no-such-file                | --depth must be from 1 to 1048575, not 0",
                "bench --size 1k no-such-file                | --size 1024 is less than one block, --block-size 4096",
                "bench --block-size 1000 no-such-file        | --block-size 1000 is not a multiple of 512",
                "write --size 1 --block-size 100 no-such-file | --block-size 100 is not a multiple of 512",
                "read --block-size 100 no-such-file          | --block-size 100 is not a multiple of 512",
                "copy --block-size 100 a no-such-file        | --block-size 100 is not a multiple of 512",
                "write --size 9223372036854775807 no-such-file | --size 9223372036854775807 is too large",
                "bench --size 9223372036854775807 no-such-file | --size 9223372036854775807 is too large",
                "write --size 9223372036854775808 no-such-file | '9223372036854775808' is too large",
                "write --size 8388608t no-such-file          | '8388608t' is too large",
                "write --size 9e no-such-file                | '9e' is not a size",
                "write --size -1 no-such-file                | '-1' is not a size",
                "write --size= no-such-file                  | '' is not a size",
                "write --from= no-such-file                  | the name of a file is missing",
                "write --size \033[31m no-such-file          | '\\x1b[31m' is not a size",
                "bench --fsync 1 no-such-file                | --fsync 1 needs writes",
                "bench --rw write --fsync -1 no-such-file    | --fsync must be the number of writes before a sync, not -1",
                "read --offset -1 no-such-file               | '-1' is not a size",
                "write --offset 8e --size 1 no-such-file     | '8e' is not a size",
                "write --offset 8191p --size 1p no-such-file | --offset 9222246136947933184 is too large",
                "bench --block-size 0 no-such-file           | --block-size must be from 1 to 512m, not 0",
                "bench --rate fast no-such-file              | 'fast' is not a whole number",
                "bench --rate 0 no-such-file                 | --rate must be from 1 to 100000000",
                "bench --mix 101 no-such-file                | --mix must be from 0 to 100 percent of reads, not 101",
                "bench --runtime 0 no-such-file              | --runtime must be longer than zero",
                "bench --runtime 1d no-such-file             | '1d' is not a time",
                "bench --engine ring no-such-file            | 'ring' is neither queue nor futures",
                "bench --depth 999999 --block-size 1m no-such-file | of memory, more than the",
                "probe                                       | aio probe: Missing required parameter: 'PATH'",
                "completion fish                             | 'fish' is neither bash nor zsh",
                "info a b                                    | aio info: too many arguments, beginning with 'b'"
            })
    void invalidCommandLinesAreRefused(String line, String message) {
        int exitCode = run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(message)
                .containsPattern("\\(see aio( \\w+)? --help\\)")
                .hasLineCount(1);
        assertThat(out.size()).isZero();
        assertThat(exitCode).isEqualTo(2);
        assertThat(Files.exists(Path.of("no-such-file"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "write, aio write --size 1g --verify demo.bin",
        "read, aio read demo.bin | cmp - original.bin",
        "copy, aio copy --verify disk.img /mnt/backup",
        "info, aio info /var/lib/postgresql",
        "probe, aio probe --json /var/lib/postgresql",
        "bench, aio bench --size 1g bench.bin",
        "completion, source <(aio completion bash)",
        "man, aio man | man -l -"
    })
    void helpHasAnExample(String command, String example) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: aio " + command, example);
        assertThat(err.size()).isZero();
    }

    @Test
    void helpListsTheExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("  0  ", "  1  ", "  2  ", "  3  ", "  130  ");
    }

    @Test
    void anOptionalValueDoesNotConsumeTheFile() {
        // The file is looked for, so it was taken for one.
        assertThat(run("read", "--checksum", "no-such-file", "extra")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("too many arguments, beginning with 'extra'");
    }
}

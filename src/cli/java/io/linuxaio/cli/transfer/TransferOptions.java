package io.linuxaio.cli.transfer;

import io.linuxaio.AioContext;
import io.linuxaio.cli.runtime.RequestOptions;
import java.io.IOException;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that {@code aio write}, {@code aio read} and {@code aio copy} share. */
@Command(defaultValueProvider = TransferOptions.Defaults.class)
public final class TransferOptions {
    @Mixin
    public RequestOptions requests = new RequestOptions();

    @Option(names = "--sync", description = "Make the written data durable (fsync) before the command reports success.")
    boolean sync;

    @Option(names = "--verify", description = "Read the written data back from the device, and compare.")
    boolean verify;

    @Option(
            names = "--checksum",
            paramLabel = "ALGORITHM",
            arity = "0..1",
            fallbackValue = "sha256",
            preprocessor = AttachedOnly.class,
            converter = Checksum.Converter.class,
            description = "Print a checksum: sha256 (as sha256sum does; the default) or crc32c.")
    Checksum checksum;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print no progress and no summary; failures and requested output are still printed.")
    boolean quiet;

    /** The default values. */
    static final class Defaults extends RequestOptions.Defaults {
        Defaults() {
            super("1m", "8");
        }
    }

    public AioContext openContext() throws IOException {
        return AioContext.builder().queueDepth(requests.depth).open();
    }

    /** Accepts an optional value only if it is attached by =, so that a file name is not taken for it. */
    static final class AttachedOnly implements IParameterPreprocessor {
        @Override
        public boolean preprocess(
                Stack<String> args, CommandSpec commandSpec, ArgSpec argSpec, Map<String, Object> info) {
            if (" ".equals(info.get("separator"))) {
                args.push(((CommandLine.Model.OptionSpec) argSpec).fallbackValue());
            }
            return false;
        }
    }
}

package io.linuxaio.cli;

import io.linuxaio.AioContext;
import io.linuxaio.AioContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options that {@code aio write}, {@code aio read} and {@code aio copy} have in common. */
final class TransferOptions {
    private static final long MAX_BLOCK_SIZE = 512L << 20;
    private static final long PAGE = 4096;

    @Option(
            names = "--block-size",
            paramLabel = "SIZE",
            defaultValue = "1m",
            converter = Size.class,
            description = "Bytes per request, up to 512m (default: ${DEFAULT-VALUE}). Rounded up to what the file"
                    + " asks for.")
    long blockSize;

    @Option(
            names = "--depth",
            paramLabel = "N",
            defaultValue = "8",
            converter = Count.class,
            description = "Requests in flight at most (default: ${DEFAULT-VALUE}).")
    int depth;

    @Option(
            names = "--buffered",
            description = "Go through the page cache instead of O_DIRECT: for filesystems that have no direct I/O.")
    boolean buffered;

    @Option(names = "--sync", description = "Make what was written durable (fsync) before saying that it is done.")
    boolean sync;

    @Option(names = "--verify", description = "Read back from the device what was written, and compare.")
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
            description = "No progress and no summary; failures and what was asked for are printed all the same.")
    boolean quiet;

    /** Refuses what cannot work, before anything is opened. */
    void check(CommandLine command) {
        if (blockSize < 1 || blockSize > MAX_BLOCK_SIZE) {
            throw new ParameterException(command, "--block-size must be from 1 to 512m, not " + blockSize);
        }
        if (depth < 1 || depth > AioContextBuilder.MAX_QUEUE_DEPTH) {
            throw new ParameterException(
                    command, "--depth must be from 1 to " + AioContextBuilder.MAX_QUEUE_DEPTH + ", not " + depth);
        }
        // A block is rounded up to the alignment, which is a page at most on the devices of today.
        long needed = Math.max(blockSize, PAGE) * depth;
        long available = availableMemory();
        if (needed > available) {
            throw new ParameterException(
                    command,
                    "--depth " + depth + " times --block-size " + Units.bytes(blockSize) + " is " + Units.bytes(needed)
                            + " of memory, more than the " + Units.bytes(available)
                            + " that may be taken here; give less of one");
        }
    }

    /** Half of what the JVM may take, and half of what is free. */
    static long availableMemory() {
        long ofJvm = Runtime.getRuntime().maxMemory() / 2;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    long free = Long.parseLong(line.replaceAll("\\D", "")) << 10;
                    return Math.min(ofJvm, free / 2);
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            // The JVM's limit is the one that is known.
        }
        return ofJvm;
    }

    AioContext openContext() throws IOException {
        return AioContext.builder().queueDepth(depth).open();
    }

    /** Whole numbers; picocli would complain that something is not an int. */
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not a whole number");
            }
        }
    }

    /** An optional value counts only where it is attached by =, so that it does not swallow the name of a file. */
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

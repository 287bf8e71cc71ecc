package io.linuxaio.cli.runtime;

import io.linuxaio.AioContext;
import io.linuxaio.LinuxAio;
import io.linuxaio.cli.text.ByteSizeOption;
import io.linuxaio.cli.text.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options that all commands with requests in flight share. */
public final class RequestOptions {
    private static final String BLOCK_SIZE = "--block-size";
    private static final String DEPTH = "--depth";
    private static final long MAX_BLOCK_SIZE = 512L << 20;
    private static final long SECTOR = 512;
    private static final long PAGE = 4096;

    @Option(
            names = BLOCK_SIZE,
            paramLabel = "SIZE",
            converter = ByteSizeOption.class,
            description = "Bytes per request, up to 512m, a multiple of the file's alignment (default:"
                    + " ${DEFAULT-VALUE}).")
    public long blockSize;

    @Option(
            names = DEPTH,
            paramLabel = "N",
            converter = Count.class,
            description = "Maximum number of requests in flight (default: ${DEFAULT-VALUE}).")
    public int depth;

    @Option(
            names = "--buffered",
            description = "Use the page cache instead of O_DIRECT: for filesystems without direct I/O.")
    public boolean buffered;

    /** The default values of a command. */
    public abstract static class Defaults implements IDefaultValueProvider {
        private final String blockSize;
        private final String depth;

        public Defaults(String blockSize, String depth) {
            this.blockSize = blockSize;
            this.depth = depth;
        }

        @Override
        public String defaultValue(ArgSpec arg) {
            return switch (arg instanceof OptionSpec option ? option.longestName() : "") {
                case BLOCK_SIZE -> blockSize;
                case DEPTH -> depth;
                default -> null;
            };
        }
    }

    /** Rejects invalid options, before any file is opened. */
    public void check(CommandLine command) {
        require(
                command,
                blockSize >= 1 && blockSize <= MAX_BLOCK_SIZE,
                "--block-size must be from 1 to 512m, not " + blockSize);
        require(
                command,
                buffered || blockSize % SECTOR == 0,
                "--block-size " + blockSize + " is not a multiple of 512, which direct I/O requires; give 4k, or"
                        + " --buffered");
        require(
                command,
                depth >= 1 && depth <= AioContext.Builder.MAX_QUEUE_DEPTH,
                "--depth must be from 1 to " + AioContext.Builder.MAX_QUEUE_DEPTH + ", not " + depth);
        // A block is rounded up to the alignment, which is at most a page on today's devices.
        long needed = Math.max(blockSize, PAGE) * depth;
        long available = availableMemory();
        require(
                command,
                needed <= available,
                "--depth " + depth + " times --block-size " + Units.bytes(blockSize) + " is " + Units.bytes(needed)
                        + " of memory, more than the " + Units.bytes(available)
                        + " available here; reduce one of them");
    }

    /**
     * Rejects blocks that direct I/O on a file would round up.
     *
     * @param file the file; if it does not exist, its directory is checked
     */
    public void checkAlignment(CommandLine command, Path file, String name) {
        Path directory = file.toAbsolutePath().getParent();
        try {
            LinuxAio.probe(Files.exists(file) || directory == null ? file : directory)
                    .alignment()
                    .ifPresent(alignment -> checkMultiple(command, alignment.offset(), name));
        } catch (IOException unknown) {
            // Opening the file reports the failure.
        }
    }

    /** Returns {@code true} if direct I/O on some file may require another block size. */
    public boolean isAlignmentInDoubt() {
        return !buffered && blockSize % PAGE != 0;
    }

    /** Rejects a block size that is not a multiple of a file's alignment. */
    public void checkMultiple(CommandLine command, int alignment, String name) {
        require(
                command,
                blockSize % alignment == 0,
                "--block-size " + blockSize + " is not a multiple of " + alignment + ", which direct I/O on " + name
                        + " requires");
    }

    /** Throws a {@link ParameterException} with a message unless a condition holds. */
    public static void require(CommandLine command, boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(command, otherwise);
        }
    }

    /** Returns the smaller one of half of the JVM's maximum memory and half of the free memory, in bytes. */
    private static long availableMemory() {
        long ofJvm = Runtime.getRuntime().maxMemory() / 2;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    long free = Long.parseLong(line.replaceAll("\\D", "")) << 10;
                    return Math.min(ofJvm, free / 2);
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            // Only the JVM's limit is known.
        }
        return ofJvm;
    }

    /** Converts whole numbers. The message of picocli would mention the type int. */
    public static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not a whole number");
            }
        }
    }
}

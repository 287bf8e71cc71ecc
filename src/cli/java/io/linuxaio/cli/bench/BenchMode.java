package io.linuxaio.cli.bench;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The workloads of a bench, with the names that fio uses. */
enum BenchMode {
    READ(true, false, false),
    WRITE(false, true, false),
    RANDREAD(true, false, true),
    RANDWRITE(false, true, true),
    RANDRW(true, true, true);

    private final boolean reads;
    private final boolean writes;
    private final boolean random;

    BenchMode(boolean reads, boolean writes, boolean random) {
        this.reads = reads;
        this.writes = writes;
        this.random = random;
    }

    boolean reads() {
        return reads;
    }

    boolean writes() {
        return writes;
    }

    boolean random() {
        return random;
    }

    boolean mixed() {
        return reads && writes;
    }

    /** Returns the name as it is typed. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Converts the names of modes, in any case. */
    static final class Converter implements ITypeConverter<BenchMode> {
        @Override
        public BenchMode convert(String name) {
            for (BenchMode mode : values()) {
                if (mode.word().equals(name.toLowerCase(Locale.ROOT))) {
                    return mode;
                }
            }
            throw new TypeConversionException("'" + name + "' is none of read, write, randread, randwrite and randrw");
        }
    }
}

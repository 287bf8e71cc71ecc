package io.linuxaio.cli.bench;

import io.linuxaio.AioFile;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A way of carrying out operations, by the one thread that opened it. Each place has a buffer of one block. */
interface BenchEngine extends AutoCloseable {
    /** Hears of an operation that has ended. */
    interface Ended {
        /**
         * @param place whose place is free now
         * @param result bytes moved, or the kernel's error number, negated
         * @param nanos when, by System.nanoTime
         */
        void ended(int place, int result, long nanos);
    }

    /** Begins a read or write of a block; {@link #flush} sends it off. The place must be free. */
    void begin(int place, boolean read, long position);

    /** Sends off what was begun. */
    void flush();

    /**
     * Waits until an operation has ended, so long at most, and tells all that have. Where nothing is in flight it waits
     * all the time; with 0 it does not wait.
     */
    void await(long nanos, Ended ended);

    /** Waits for what is in flight and tells nobody. */
    @Override
    void close();

    /** Which engine. */
    enum Kind {
        /** {@link io.linuxaio.AioQueue}. */
        QUEUE,
        /** {@link io.linuxaio.AioContext}. */
        FUTURES;

        BenchEngine open(AioFile file, BenchBuffers buffers) throws IOException {
            return this == QUEUE ? QueueEngine.open(file, buffers) : FuturesEngine.open(file, buffers);
        }

        /** As it is typed. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Takes the names as people write them. */
    final class Converter implements ITypeConverter<Kind> {
        @Override
        public Kind convert(String name) {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "queue" -> Kind.QUEUE;
                case "futures" -> Kind.FUTURES;
                default -> throw new TypeConversionException("'" + name + "' is neither queue nor futures");
            };
        }
    }
}

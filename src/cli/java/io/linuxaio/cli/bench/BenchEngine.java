package io.linuxaio.cli.bench;

import io.linuxaio.AioFile;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A way of carrying out operations, by the one thread that opened it. Each slot has a buffer of one block. */
interface BenchEngine extends AutoCloseable {
    /** A handler for completions. */
    interface CompletionHandler {
        /**
         * Receives the completion of an operation, whose slot is free again.
         *
         * @param slot the slot
         * @param result the number of bytes transferred, or the kernel's error number, negated
         * @param nanos the time of the completion, by System.nanoTime
         */
        void onCompletion(int slot, int result, long nanos);
    }

    /** Prepares a read or write of a block, which {@link #submit} submits. The slot must be free. */
    void prepare(int slot, boolean read, long position);

    /** Submits the prepared operations. */
    void submit();

    /**
     * Waits until an operation has completed or a timeout has passed, and delivers all completions. If no operation is in
     * flight, it waits for the whole timeout; with 0 it does not wait.
     */
    void await(long nanos, CompletionHandler handler);

    /** Waits for the operations in flight and discards their completions. */
    @Override
    void close();

    /** The kinds of engines. */
    enum Kind {
        /** {@link io.linuxaio.AioQueue}. */
        QUEUE,
        /** {@link io.linuxaio.AioContext}. */
        FUTURES;

        BenchEngine open(AioFile file, BenchBuffers buffers) throws IOException {
            return this == QUEUE ? QueueEngine.open(file, buffers) : FuturesEngine.open(file, buffers);
        }

        /** Returns the name as it is typed. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Converts the names of engines, in any case. */
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

package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A channel to another program, or to a file that is not read or written by this library. A request to stop interrupts
 * its blocking calls, and its failures name it.
 */
public final class Interruptible implements ByteChannel {
    private final ReadableByteChannel source;
    private final WritableByteChannel sink;
    private final String name;
    private final ShutdownSignal stop;

    private Interruptible(ReadableByteChannel source, WritableByteChannel sink, String name, ShutdownSignal stop) {
        this.source = source;
        this.sink = sink;
        this.name = name;
        this.stop = stop;
    }

    public static ReadableByteChannel source(ReadableByteChannel source, String name, ShutdownSignal stop) {
        return new Interruptible(source, null, name, stop);
    }

    public static WritableByteChannel sink(WritableByteChannel sink, String name, ShutdownSignal stop) {
        return new Interruptible(null, sink, name, stop);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return named(() -> source.read(target));
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        return named(() -> sink.write(bytes));
    }

    private int named(ShutdownSignal.BlockingCall<Integer> call) throws IOException {
        try {
            return stop.interruptibly(call);
        } catch (StoppedException e) {
            throw e;
        } catch (IOException e) {
            if (isReaderGone(e)) {
                throw new BrokenPipeException(name, e);
            }
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    /** Returns {@code true} if the reader has closed the pipe. Only the C library's message distinguishes this error. */
    public static boolean isReaderGone(IOException e) {
        return "Broken pipe".equals(e.getMessage());
    }

    @Override
    public boolean isOpen() {
        return source != null ? source.isOpen() : sink.isOpen();
    }

    @Override
    public void close() throws IOException {
        if (source != null) {
            source.close();
        } else {
            sink.close();
        }
    }
}

package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * Another program's end of the work, or a file not read or written by this library: a wait for it ends when the process
 * is told to end, and its failures say whose they are.
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

    private int named(ShutdownSignal.Waiting<Integer> call) throws IOException {
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

    /** The JDK gives the C library's words for an error and nothing else to recognize it by. */
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

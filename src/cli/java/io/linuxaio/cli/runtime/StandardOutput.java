package io.linuxaio.cli.runtime;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** Standard output that keeps the cause of its first failure. */
public final class StandardOutput extends PrintStream {
    private final Sink sink;

    private StandardOutput(Sink sink, Charset charset) {
        super(sink, false, charset);
        this.sink = sink;
    }

    static StandardOutput ofProcess() {
        return to(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), System.out.charset());
    }

    static StandardOutput to(OutputStream out, Charset charset) {
        return new StandardOutput(new Sink(out), charset);
    }

    /** Returns the first failure of a write, or null. */
    public IOException failure() {
        flush();
        return sink.failure;
    }

    /** Keeps the first failure; a PrintStream keeps only a flag. */
    private static final class Sink extends FilterOutputStream {
        private IOException failure;

        private Sink(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw first(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw first(e);
            }
        }

        private IOException first(IOException e) {
            if (failure == null) {
                failure = e;
            }
            return e;
        }
    }
}

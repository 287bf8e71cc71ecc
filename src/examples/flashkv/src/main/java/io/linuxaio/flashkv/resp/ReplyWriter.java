package io.linuxaio.flashkv.resp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Encodes replies and writes them in large pieces. Memory is bounded: beyond 64 KiB, it writes and thereby waits for the client. */
public final class ReplyWriter {
    private static final int INITIAL = 1024;
    private static final int MAX = 64 << 10;
    private static final int MAX_NUMBER = 24;
    private static final byte[] MIN_LONG = "-9223372036854775808".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private byte[] buffer = new byte[INITIAL];
    private int used;

    /** Creates a writer to a stream, which the caller closes. */
    public ReplyWriter(OutputStream out) {
        this.out = out;
    }

    /** Encodes a reply, and writes if the buffer is full. */
    public void write(Reply reply) throws IOException {
        switch (reply) {
            case Reply.Simple simple -> line('+', simple.text());
            case Reply.Error error -> line('-', error.text());
            case Reply.Int number -> number(':', number.value());
            case Reply.Bulk bulk -> bulk(bulk.bytes());
            case Reply.Array array -> {
                number('*', array.elements().size());
                for (Reply element : array.elements()) {
                    write(element);
                }
            }
        }
    }

    /** Writes what is in the buffer. */
    public void flush() throws IOException {
        if (used > 0) {
            out.write(buffer, 0, used);
            used = 0;
            if (buffer.length > 16 * INITIAL) {
                buffer = new byte[INITIAL];
            }
        }
    }

    private void line(char type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        reserve(1);
        buffer[used++] = (byte) type;
        for (int i = 0; i < bytes.length; i++) {
            // A line break would end the reply.
            bytes[i] = bytes[i] == '\r' || bytes[i] == '\n' ? (byte) ' ' : bytes[i];
        }
        bytes(bytes);
        lineEnd();
    }

    private void bulk(byte[] bytes) throws IOException {
        if (bytes == null) {
            number('$', -1);
        } else {
            number('$', bytes.length);
            bytes(bytes);
            lineEnd();
        }
    }

    private void number(char type, long value) throws IOException {
        reserve(MAX_NUMBER);
        buffer[used++] = (byte) type;
        if (value == Long.MIN_VALUE) {
            bytes(MIN_LONG);
        } else {
            long left = Math.abs(value);
            if (value < 0) {
                buffer[used++] = '-';
            }
            int digits = 1;
            for (long rest = left; rest >= 10; rest /= 10) {
                digits++;
            }
            for (int i = used + digits - 1; i >= used; i--) {
                buffer[i] = (byte) ('0' + left % 10);
                left /= 10;
            }
            used += digits;
        }
        lineEnd();
    }

    private void bytes(byte[] bytes) throws IOException {
        if (bytes.length > MAX / 2) {
            flush();
            out.write(bytes);
        } else {
            reserve(bytes.length);
            System.arraycopy(bytes, 0, buffer, used, bytes.length);
            used += bytes.length;
        }
    }

    private void lineEnd() throws IOException {
        reserve(2);
        buffer[used++] = '\r';
        buffer[used++] = '\n';
    }

    private void reserve(int bytes) throws IOException {
        if (used + bytes > MAX) {
            flush();
        }
        if (used + bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, used + bytes));
        }
    }
}

package io.linuxaio.flashkv.resp;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An incremental parser of requests: arrays of bulk strings (RESP2), or inline lines. It keeps its state between reads, so a
 * request may arrive byte by byte.
 *
 * <p>Memory is bounded by what has arrived, not by what a client announces: arguments grow as their bytes come in.
 */
public final class RequestReader {
    private static final int INITIAL = 2048;
    private static final int MAX_BUFFER = 64 << 10;
    private static final int MAX_LINE = 64 << 10;
    private static final int MAX_ARGUMENTS = 1 << 20;
    /** The memory that an argument takes beside its bytes. */
    private static final int ARGUMENT_OVERHEAD = 24;

    private static final int NONE = -1;
    private static final byte[] EMPTY = {};

    private final int maxRequest;
    private byte[] buffer = new byte[INITIAL];
    private int start;
    private int end;
    private int scanned;
    private int lastRead;

    private int missing;
    private List<byte[]> arguments = List.of();
    private int bulkLength = NONE;
    private byte[] bulk = EMPTY;
    private int bulkFilled;
    private long requestBytes;

    /**
     * Creates a reader.
     *
     * @param maxRequest the maximum size of a request, in bytes
     */
    public RequestReader(int maxRequest) {
        this.maxRequest = maxRequest;
    }

    /** Reads what the client has sent, and waits if there is nothing. Returns {@code false} at the end of the stream. */
    public boolean fill(InputStream in) throws IOException {
        makeRoom();
        lastRead = in.read(buffer, end, buffer.length - end);
        end += Math.max(0, lastRead);
        return lastRead >= 0;
    }

    private void makeRoom() {
        if (start == end) {
            start = 0;
            end = 0;
            scanned = 0;
            if (buffer.length > INITIAL && lastRead < INITIAL) {
                buffer = new byte[INITIAL];
            }
        } else if (end == buffer.length && start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            scanned -= start;
            start = 0;
        }
        if ((end == buffer.length || lastRead == buffer.length) && buffer.length < 2 * MAX_BUFFER) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }

    /**
     * Returns the next request that has arrived as a whole.
     *
     * @return the arguments, at least one, of which the first is the command; {@code null} if more bytes are needed
     */
    public byte[][] next() throws ProtocolException {
        while (true) {
            if (missing == 0) {
                if (start == end) {
                    return null;
                }
                if (buffer[start] != '*') {
                    byte[][] inline = inline();
                    if (inline == null || inline.length > 0) {
                        return inline;
                    }
                    continue;
                }
                if (!beginArray()) {
                    return null;
                }
                continue;
            }
            if (!argument()) {
                return null;
            }
            if (missing == 0) {
                byte[][] request = arguments.toArray(byte[][]::new);
                arguments = List.of();
                return request;
            }
        }
    }

    /** Returns the words of a line, or {@code null} if its end has not arrived. */
    private byte[][] inline() throws ProtocolException {
        int newline = find('\n', "too big inline request");
        if (newline < 0) {
            return null;
        }
        List<byte[]> words = InlineRequest.parse(buffer, start, newline);
        consume(newline + 1);
        return words.toArray(byte[][]::new);
    }

    private boolean beginArray() throws ProtocolException {
        int line = find('\n', "too big mbulk count string");
        if (line < 0) {
            return false;
        }
        long count = number(start + 1, line, "invalid multibulk length");
        if (count > MAX_ARGUMENTS) {
            throw new ProtocolException("invalid multibulk length");
        }
        consume(line + 1);
        requestBytes = 0;
        missing = (int) Math.max(0, count);
        arguments = new ArrayList<>(Math.min(missing, 16));
        return true;
    }

    /** Parses the next argument, and returns {@code false} if it has not arrived as a whole. */
    private boolean argument() throws ProtocolException {
        if (bulkLength == NONE && !beginBulk()) {
            return false;
        }
        int count = Math.min(bulkLength - bulkFilled, end - start);
        if (bulkFilled + count > bulk.length) {
            bulk = Arrays.copyOf(bulk, (int) Math.min(bulkLength, Math.max(bulkFilled + count, 2L * bulk.length)));
        }
        System.arraycopy(buffer, start, bulk, bulkFilled, count);
        bulkFilled += count;
        consume(start + count);
        if (bulkFilled < bulkLength || end - start < 2) {
            return false;
        }
        if (buffer[start] != '\r' || buffer[start + 1] != '\n') {
            throw new ProtocolException("expected CRLF after a bulk string");
        }
        consume(start + 2);
        arguments.add(bulk);
        bulk = EMPTY;
        bulkLength = NONE;
        missing--;
        return true;
    }

    private boolean beginBulk() throws ProtocolException {
        if (start == end) {
            return false;
        }
        if (buffer[start] != '$') {
            throw new ProtocolException("expected '$', got '" + printable(buffer[start]) + "'");
        }
        int line = find('\n', "too big bulk count string");
        if (line < 0) {
            return false;
        }
        long length = number(start + 1, line, "invalid bulk length");
        if (length < 0 || length > maxRequest) {
            throw new ProtocolException("invalid bulk length");
        }
        requestBytes += length + ARGUMENT_OVERHEAD;
        if (requestBytes > maxRequest + (long) ARGUMENT_OVERHEAD) {
            throw new ProtocolException("the request is longer than " + maxRequest + " bytes");
        }
        consume(line + 1);
        bulkLength = (int) length;
        bulk = length == 0 ? EMPTY : new byte[(int) Math.min(length, Math.max(end - start, INITIAL))];
        bulkFilled = 0;
        return true;
    }

    /** Returns the index of a byte, or -1 if it has not arrived. Bytes that were looked at are not looked at again. */
    private int find(char wanted, String tooLong) throws ProtocolException {
        for (int i = Math.max(start, scanned); i < end; i++) {
            if (buffer[i] == wanted) {
                return i;
            }
        }
        scanned = end;
        if (end - start > MAX_LINE) {
            throw new ProtocolException(tooLong);
        }
        return NONE;
    }

    /** Parses a decimal number that a carriage return ends, before the newline. */
    private long number(int from, int newline, String invalid) throws ProtocolException {
        int to = newline - 1;
        boolean negative = from < to && buffer[from] == '-';
        int digits = negative ? from + 1 : from;
        if (to <= digits || buffer[to] != '\r' || to - digits > 18) {
            throw new ProtocolException(invalid);
        }
        long value = 0;
        for (int i = digits; i < to; i++) {
            if (buffer[i] < '0' || buffer[i] > '9') {
                throw new ProtocolException(invalid);
            }
            value = value * 10 + buffer[i] - '0';
        }
        return negative ? -value : value;
    }

    private static char printable(byte b) {
        return b >= ' ' && b < 127 ? (char) b : '?';
    }

    private void consume(int to) {
        start = to;
        scanned = to;
    }
}

package io.linuxaio.flashkv.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A socket that knows since when its thread waits for the client. One thread watches all of them, which costs less than a
 * timer for each read.
 */
final class WatchedSocket implements AutoCloseable {
    private static final int MAX_WRITE = 64 << 10;
    private static final long NOT_WAITING = Long.MIN_VALUE;

    private final Socket socket;
    private volatile long readingSince = NOT_WAITING;
    private volatile long writingSince = NOT_WAITING;

    WatchedSocket(Socket socket) {
        this.socket = socket;
    }

    /** Returns {@code true} if the client has sent nothing, or read nothing, for too long. */
    boolean isOverdue(long now, long idleNanos, long writeNanos) {
        return exceeds(now, readingSince, idleNanos) || exceeds(now, writingSince, writeNanos);
    }

    private static boolean exceeds(long now, long since, long limit) {
        return limit > 0 && since != NOT_WAITING && now - since > limit;
    }

    InputStream input() throws IOException {
        return new FilterInputStream(socket.getInputStream()) {
            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                readingSince = System.nanoTime();
                try {
                    return super.read(bytes, from, length);
                } finally {
                    readingSince = NOT_WAITING;
                }
            }
        };
    }

    OutputStream output() throws IOException {
        OutputStream out = socket.getOutputStream();
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                try {
                    for (int at = from; at < from + length; at += MAX_WRITE) {
                        writingSince = System.nanoTime();
                        out.write(bytes, at, Math.min(MAX_WRITE, from + length - at));
                    }
                } finally {
                    writingSince = NOT_WAITING;
                }
            }
        };
    }

    /** Ends the input: a thread that waits for the client goes on. */
    void endInput() {
        try {
            socket.shutdownInput();
        } catch (IOException e) {
            // It is closed already.
            return;
        }
    }

    /** Closes the socket. A thread that waits for the client gets an exception. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is lost: the client gets no more replies either way.
            return;
        }
    }
}

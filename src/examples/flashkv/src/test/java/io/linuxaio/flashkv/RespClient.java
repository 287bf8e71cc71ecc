package io.linuxaio.flashkv;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client of few lines, for tests that send what no client library would. */
public final class RespClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket = new Socket();
    private final OutputStream out;
    private final DataInputStream in;

    /** An error reply. */
    public record Failure(String text) {}

    public RespClient(int port) throws IOException {
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            out = socket.getOutputStream();
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends bytes as they are. */
    public void send(String bytes) throws IOException {
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a command and does not wait for its reply. */
    public void sendCommand(Object... arguments) throws IOException {
        out.write(encode(arguments));
    }

    /** Encodes a command; arguments are bytes or texts. */
    public static byte[] encode(Object... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ascii("*" + arguments.length + "\r\n"));
        for (Object argument : arguments) {
            byte[] each =
                    argument instanceof byte[] raw ? raw : argument.toString().getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(ascii("$" + each.length + "\r\n"));
            bytes.writeBytes(each);
            bytes.writeBytes(ascii("\r\n"));
        }
        return bytes.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends bytes as they are. */
    public void send(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** Sends a command and returns its reply; bytes as text. */
    public Object call(Object... arguments) throws IOException {
        sendCommand(arguments);
        return text(reply());
    }

    /** Sends a command and returns its reply; bytes as bytes. */
    public Object callRaw(Object... arguments) throws IOException {
        sendCommand(arguments);
        return reply();
    }

    private static Object text(Object reply) {
        return switch (reply) {
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            case List<?> list -> list.stream().map(RespClient::text).toList();
            case null -> "(nil)";
            default -> reply;
        };
    }

    /** Reads a reply: a text, a {@link Failure}, a number, bytes, {@code null}, or a list. */
    public Object reply() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest;
            case '-' -> new Failure(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> {
                List<Object> list = new ArrayList<>();
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    list.add(reply());
                }
                yield list;
            }
            default -> throw new IOException("no reply: " + line);
        };
    }

    private byte[] bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        if (in.readByte() != '\r' || in.readByte() != '\n') {
            throw new IOException("no end of a bulk string");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the server has closed the connection");
            }
            if (next == '\r') {
                in.readByte();
                return line.toString();
            }
            line.append((char) next);
        }
    }

    /** Returns {@code true} if the server has closed the connection, and waits for that. */
    public boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

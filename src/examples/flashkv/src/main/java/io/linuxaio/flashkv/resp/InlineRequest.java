package io.linuxaio.flashkv.resp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A parser of inline requests: words of a line, as one types them by telnet. Quotes group bytes, and escape them. */
final class InlineRequest {
    private static final String UNBALANCED = "unbalanced quotes in request";
    private static final int HEX = 16;

    private final byte[] line;
    private final int end;
    private int at;

    private InlineRequest(byte[] line, int from, int to) {
        this.line = line;
        at = from;
        end = to;
    }

    /** Returns the words of a line without its end; none if the line is blank. */
    static List<byte[]> parse(byte[] line, int from, int to) throws ProtocolException {
        return new InlineRequest(line, from, to).words();
    }

    private List<byte[]> words() throws ProtocolException {
        List<byte[]> words = new ArrayList<>();
        while (skipSpace()) {
            words.add(word());
        }
        return words;
    }

    private boolean skipSpace() {
        while (at < end && isSpace(line[at])) {
            at++;
        }
        return at < end;
    }

    private byte[] word() throws ProtocolException {
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        while (at < end && !isSpace(line[at])) {
            byte next = line[at++];
            if (next == '"' || next == '\'') {
                quoted(next, word);
                if (at < end && !isSpace(line[at])) {
                    throw new ProtocolException(UNBALANCED);
                }
            } else {
                word.write(next);
            }
        }
        return word.toByteArray();
    }

    private void quoted(byte quote, ByteArrayOutputStream word) throws ProtocolException {
        while (at < end) {
            byte next = line[at++];
            if (next == quote) {
                return;
            }
            if (next != '\\' || at == end) {
                word.write(next);
            } else if (quote == '"') {
                word.write(escaped());
            } else if (line[at] == '\'') {
                word.write(line[at++]);
            } else {
                word.write(next);
            }
        }
        throw new ProtocolException(UNBALANCED);
    }

    private int escaped() {
        byte next = line[at++];
        if (next == 'x' && at + 1 < end && digit(at) >= 0 && digit(at + 1) >= 0) {
            at += 2;
            return digit(at - 2) * HEX + digit(at - 1);
        }
        return switch (next) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> next;
        };
    }

    private int digit(int index) {
        return Character.digit(line[index], HEX);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == 0x0b || b == '\f';
    }
}

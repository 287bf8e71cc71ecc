package io.linuxaio.flashkv.resp;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A reply to a command. */
public sealed interface Reply {
    /** The reply of commands that have nothing to report. */
    Reply OK = new Simple("OK");

    /** No value. */
    Reply NIL = new Bulk(null);

    /** A short text. */
    record Simple(String text) implements Reply {}

    /** An error, whose first word is its code. */
    record Error(String text) implements Reply {}

    /** A number. */
    record Int(long value) implements Reply {}

    /** Bytes, or {@code null} for no value. Nobody changes them. */
    record Bulk(byte[] bytes) implements Reply {}

    /** Several replies. */
    record Array(List<? extends Reply> elements) implements Reply {}

    /** Returns a reply with a text as bytes. */
    static Reply bulk(String text) {
        return new Bulk(text.getBytes(StandardCharsets.UTF_8));
    }
}

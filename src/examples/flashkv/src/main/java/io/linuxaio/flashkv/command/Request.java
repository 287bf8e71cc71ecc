package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.store.Key;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A command with its arguments, as a client sent it.
 *
 * @param arguments the name of the command and what follows
 */
record Request(byte[][] arguments) {
    int count() {
        return arguments.length;
    }

    byte[] bytes(int index) {
        return arguments[index];
    }

    Key key(int index) {
        return new Key(arguments[index]);
    }

    String text(int index) {
        return new String(arguments[index], StandardCharsets.UTF_8);
    }

    /** Returns an argument in upper case, to be compared with the words of an option. */
    String word(int index) {
        return new String(arguments[index], StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
    }

    long integer(int index) throws CommandException {
        return Integers.parse(arguments[index]);
    }
}

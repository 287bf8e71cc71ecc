package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.store.View;

/**
 * A command.
 *
 * @param name the name, in lower case
 * @param arity the number of arguments with the name; negative for a minimum
 * @param access what it does with entries
 * @param action what it does
 */
record Command(String name, int arity, Access access, Action action) {
    /** The use that a command makes of the data. */
    enum Access {
        /** It does not look at entries, or at one alone. */
        READ_ONE,
        /** It looks at several entries. */
        READ_MANY,
        /** It may write. */
        WRITE
    }

    /** The work of a command. */
    @FunctionalInterface
    interface Action {
        Reply run(View view, Session session, Request request) throws CommandException;
    }

    /** Returns the place of the first key among the arguments; 0 if there is none. */
    int firstKey() {
        return switch (name) {
            case "keys",
                    "scan",
                    "dbsize",
                    "flushdb",
                    "ping",
                    "echo",
                    "select",
                    "quit",
                    "info",
                    "config",
                    "client",
                    "command" -> 0;
            default -> 1;
        };
    }

    /** Returns the place of the last key, counted from the end if it is negative. */
    int lastKey() {
        return switch (name) {
            case "mget", "mset", "del", "exists" -> -1;
            default -> firstKey();
        };
    }

    /** Returns the distance between keys. */
    int keyStep() {
        return name.equals("mset") ? 2 : firstKey();
    }

    boolean accepts(int count) {
        return arity < 0 ? count >= -arity : count == arity;
    }
}

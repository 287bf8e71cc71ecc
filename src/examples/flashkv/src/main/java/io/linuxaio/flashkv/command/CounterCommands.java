package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.store.Entry;
import io.linuxaio.flashkv.store.Key;
import io.linuxaio.flashkv.store.View;

/** Commands on values that are integers. */
final class CounterCommands {
    private CounterCommands() {}

    static Reply incr(View view, Session session, Request request) throws CommandException {
        return add(view, request.key(1), 1);
    }

    static Reply incrby(View view, Session session, Request request) throws CommandException {
        return add(view, request.key(1), request.integer(2));
    }

    static Reply decr(View view, Session session, Request request) throws CommandException {
        return add(view, request.key(1), -1);
    }

    static Reply decrby(View view, Session session, Request request) throws CommandException {
        long decrement = request.integer(2);
        if (decrement == Long.MIN_VALUE) {
            throw new CommandException("ERR decrement would overflow");
        }
        return add(view, request.key(1), -decrement);
    }

    private static Reply add(View view, Key key, long increment) throws CommandException {
        Entry entry = view.get(key);
        long before = entry == null ? 0 : Integers.parse(entry.value());
        long sum;
        try {
            sum = Math.addExact(before, increment);
        } catch (ArithmeticException e) {
            throw new CommandException("ERR increment or decrement would overflow");
        }
        view.put(key, new Entry(Integers.format(sum), entry == null ? Entry.NEVER : entry.deadline()));
        return new Reply.Int(sum);
    }
}

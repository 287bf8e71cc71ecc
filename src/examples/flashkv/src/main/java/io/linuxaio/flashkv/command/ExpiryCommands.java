package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.store.Entry;
import io.linuxaio.flashkv.store.Key;
import io.linuxaio.flashkv.store.View;

/** Commands on deadlines. */
final class ExpiryCommands {
    private static final long NO_KEY = -2;
    private static final long NO_DEADLINE = -1;
    private static final int ARGUMENTS = 3;
    private static final long MILLIS = 1000;

    private ExpiryCommands() {}

    static Reply expire(View view, Session session, Request request) throws CommandException {
        return expire(view, request, true, "expire");
    }

    static Reply pexpire(View view, Session session, Request request) throws CommandException {
        return expire(view, request, false, "pexpire");
    }

    private static Reply expire(View view, Request request, boolean seconds, String command) throws CommandException {
        if (request.count() > ARGUMENTS) {
            throw new CommandException("ERR Unsupported option " + request.text(ARGUMENTS));
        }
        long deadline = Deadlines.after(view.now(), request.integer(2), seconds, false, command);
        Key key = request.key(1);
        Entry entry = view.get(key);
        if (entry == null) {
            return new Reply.Int(0);
        }
        if (deadline <= view.now()) {
            view.remove(key);
        } else {
            view.setDeadline(key, entry, deadline);
        }
        return new Reply.Int(1);
    }

    static Reply ttl(View view, Session session, Request request) {
        long millis = millisLeft(view, request.key(1));
        return new Reply.Int(millis < 0 ? millis : (millis + MILLIS / 2) / MILLIS);
    }

    static Reply pttl(View view, Session session, Request request) {
        return new Reply.Int(millisLeft(view, request.key(1)));
    }

    private static long millisLeft(View view, Key key) {
        Entry entry = view.get(key);
        if (entry == null) {
            return NO_KEY;
        }
        return entry.deadline() == Entry.NEVER ? NO_DEADLINE : entry.deadline() - view.now();
    }

    static Reply persist(View view, Session session, Request request) {
        Key key = request.key(1);
        Entry entry = view.get(key);
        if (entry == null || entry.deadline() == Entry.NEVER) {
            return new Reply.Int(0);
        }
        view.setDeadline(key, entry, Entry.NEVER);
        return new Reply.Int(1);
    }
}

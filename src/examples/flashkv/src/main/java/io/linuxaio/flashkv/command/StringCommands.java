package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.store.Entry;
import io.linuxaio.flashkv.store.Key;
import io.linuxaio.flashkv.store.View;
import java.util.ArrayList;
import java.util.List;

/** Commands on values. */
final class StringCommands {
    private StringCommands() {}

    static Reply get(View view, Session session, Request request) {
        return value(view.get(request.key(1)));
    }

    static Reply value(Entry entry) {
        return entry == null ? Reply.NIL : new Reply.Bulk(entry.value());
    }

    static Reply strlen(View view, Session session, Request request) {
        Entry entry = view.get(request.key(1));
        return new Reply.Int(entry == null ? 0 : entry.value().length);
    }

    static Reply append(View view, Session session, Request request) throws CommandException {
        Key key = request.key(1);
        byte[] suffix = request.bytes(2);
        Entry entry = view.get(key);
        long length = suffix.length + (entry == null ? 0L : entry.value().length);
        if (length > session.server().maxValue()) {
            throw new CommandException("ERR string exceeds maximum allowed size ("
                    + session.server().maxValue() + ")");
        }
        if (entry == null) {
            view.put(key, new Entry(suffix, Entry.NEVER));
        } else if (suffix.length > 0) {
            view.append(key, entry, suffix);
        }
        return new Reply.Int(length);
    }

    static Reply mget(View view, Session session, Request request) {
        List<Reply> values = new ArrayList<>(request.count() - 1);
        for (int i = 1; i < request.count(); i++) {
            values.add(value(view.get(request.key(i))));
        }
        return new Reply.Array(values);
    }

    static Reply mset(View view, Session session, Request request) throws CommandException {
        if (request.count() % 2 == 0) {
            throw new CommandException("ERR wrong number of arguments for 'mset' command");
        }
        for (int i = 1; i < request.count(); i += 2) {
            view.put(request.key(i), new Entry(request.bytes(i + 1), Entry.NEVER));
        }
        return Reply.OK;
    }
}

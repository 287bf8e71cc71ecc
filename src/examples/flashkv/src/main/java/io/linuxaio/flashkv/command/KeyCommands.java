package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.store.Key;
import io.linuxaio.flashkv.store.View;
import java.util.ArrayList;
import java.util.List;

/** Commands on keys. */
final class KeyCommands {
    private static final long DEFAULT_COUNT = 10;
    private static final int SCAN_OPTIONS_AT = 2;

    private KeyCommands() {}

    static Reply del(View view, Session session, Request request) {
        long removed = 0;
        for (int i = 1; i < request.count(); i++) {
            Key key = request.key(i);
            if (view.get(key) != null) {
                view.remove(key);
                removed++;
            }
        }
        return new Reply.Int(removed);
    }

    static Reply exists(View view, Session session, Request request) {
        long present = 0;
        for (int i = 1; i < request.count(); i++) {
            present += view.get(request.key(i)) == null ? 0 : 1;
        }
        return new Reply.Int(present);
    }

    static Reply type(View view, Session session, Request request) {
        return new Reply.Simple(view.get(request.key(1)) == null ? "none" : "string");
    }

    static Reply keys(View view, Session session, Request request) {
        Glob glob = new Glob(request.bytes(1));
        List<Reply> keys = new ArrayList<>();
        view.forEach(key -> {
            if (glob.matches(key.bytes())) {
                keys.add(new Reply.Bulk(key.bytes()));
            }
        });
        return new Reply.Array(keys);
    }

    static Reply scan(View view, Session session, Request request) throws CommandException {
        long cursor;
        try {
            cursor = request.integer(1);
        } catch (CommandException e) {
            throw new CommandException("ERR invalid cursor");
        }
        if (cursor < 0) {
            throw new CommandException("ERR invalid cursor");
        }
        Glob glob = null;
        long count = DEFAULT_COUNT;
        boolean strings = true;
        for (int i = SCAN_OPTIONS_AT; i < request.count(); i += 2) {
            if (i + 1 == request.count()) {
                throw CommandException.syntax();
            }
            switch (request.word(i)) {
                case "MATCH" -> glob = new Glob(request.bytes(i + 1));
                case "COUNT" -> count = request.integer(i + 1);
                case "TYPE" -> strings = request.word(i + 1).equals("STRING");
                default -> throw CommandException.syntax();
            }
        }
        if (count < 1) {
            throw CommandException.syntax();
        }
        List<Reply> keys = new ArrayList<>();
        Glob pattern = glob;
        boolean all = strings;
        long next = view.scan(cursor, count, key -> {
            if (all && (pattern == null || pattern.matches(key.bytes()))) {
                keys.add(new Reply.Bulk(key.bytes()));
            }
        });
        return new Reply.Array(List.of(Reply.bulk(Long.toString(next)), new Reply.Array(keys)));
    }

    static Reply dbsize(View view, Session session, Request request) {
        return new Reply.Int(view.size());
    }

    static Reply flushdb(View view, Session session, Request request) throws CommandException {
        boolean mode = request.count() == 2
                && (request.word(1).equals("SYNC") || request.word(1).equals("ASYNC"));
        if (request.count() > 1 && !mode) {
            throw CommandException.syntax();
        }
        view.clear();
        return Reply.OK;
    }
}

package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.store.Entry;
import io.linuxaio.flashkv.store.Key;
import io.linuxaio.flashkv.store.View;

/** {@code SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]}. */
final class SetCommand {
    private static final int OPTIONS_AT = 3;

    private boolean onlyNew;
    private boolean onlyPresent;
    private boolean keepDeadline;
    private boolean returnPrevious;
    private long deadline = Entry.NEVER;

    private SetCommand() {}

    static Reply run(View view, Session session, Request request) throws CommandException {
        SetCommand set = new SetCommand();
        set.parse(view.now(), request);
        return set.apply(view, request.key(1), request.bytes(2));
    }

    private void parse(long now, Request request) throws CommandException {
        for (int i = OPTIONS_AT; i < request.count(); i++) {
            switch (request.word(i)) {
                case "NX" -> onlyNew = true;
                case "XX" -> onlyPresent = true;
                case "KEEPTTL" -> keepDeadline = true;
                case "GET" -> returnPrevious = true;
                case "EX", "PX" -> {
                    if (i + 1 == request.count() || deadline != Entry.NEVER) {
                        throw CommandException.syntax();
                    }
                    boolean seconds = request.word(i).equals("EX");
                    deadline = Deadlines.after(now, request.integer(i + 1), seconds, true, "set");
                    i++;
                }
                default -> throw CommandException.syntax();
            }
        }
        if (onlyNew && onlyPresent || keepDeadline && deadline != Entry.NEVER) {
            throw CommandException.syntax();
        }
    }

    private Reply apply(View view, Key key, byte[] value) {
        Entry previous = view.get(key);
        boolean sets = previous == null ? !onlyPresent : !onlyNew;
        if (sets) {
            view.put(key, new Entry(value, keepDeadline && previous != null ? previous.deadline() : deadline));
        }
        if (returnPrevious) {
            return StringCommands.value(previous);
        }
        return sets ? Reply.OK : Reply.NIL;
    }
}

package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.command.Command.Access;
import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.store.Batch;
import io.linuxaio.flashkv.store.Store;
import io.linuxaio.flashkv.store.View;
import io.linuxaio.flashkv.store.WriteRefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands of a client that have arrived together. They run one behind the other, and those that write share one commit.
 * Reads behind a write see it, and their replies wait for the commit too.
 */
public final class Pipeline implements Batch {
    private static final int MAX_COMMANDS = 1000;
    /** The memory of an argument beside its bytes, which is more than it takes in the log. */
    private static final int ARGUMENT_OVERHEAD = 24;

    private static final int MAX_SHOWN = 128;

    private final Session session;
    private final List<Request> requests = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();
    private final List<Reply> replies = new ArrayList<>();
    private Access access = Access.READ_ONE;
    private boolean quits;
    private int size;

    /** Creates an empty pipeline. */
    public Pipeline(Session session) {
        this.session = session;
    }

    /** Adds a command, which may be unknown. */
    public void add(byte[][] arguments) {
        Request request = new Request(arguments);
        Command command = Commands.find(request.word(0));
        requests.add(request);
        commands.add(command);
        for (byte[] argument : arguments) {
            size += argument.length + ARGUMENT_OVERHEAD;
        }
        quits |= command != null && command.name().equals("quit");
        if (command != null && command.access().compareTo(access) > 0) {
            access = command.access();
        }
    }

    /** Returns the number of commands. */
    public int count() {
        return requests.size();
    }

    /** Returns {@code true} if the commands should run before more are added. */
    public boolean isFull() {
        return quits || size >= MAX_PIPELINE || requests.size() >= MAX_COMMANDS;
    }

    /** Runs the commands, and returns their replies when the writes are acknowledged. Then the pipeline is empty again. */
    public List<Reply> execute(Store store) {
        switch (access) {
            case READ_ONE -> store.read(this);
            case READ_MANY -> store.readConsistently(this);
            case WRITE -> store.write(this);
        }
        while (replies.size() < requests.size()) {
            replies.add(new Reply.Error("ERR internal error"));
        }
        List<Reply> result = List.copyOf(replies);
        requests.clear();
        commands.clear();
        replies.clear();
        access = Access.READ_ONE;
        size = 0;
        return result;
    }

    @Override
    public void run(View view) {
        replies.clear();
        for (int i = 0; i < requests.size(); i++) {
            replies.add(run(view, commands.get(i), requests.get(i)));
        }
    }

    private Reply run(View view, Command command, Request request) {
        if (command == null) {
            return new Reply.Error(unknown(request));
        }
        if (!command.accepts(request.count())) {
            return new Reply.Error("ERR wrong number of arguments for '" + command.name() + "' command");
        }
        try {
            return command.action().run(view, session, request);
        } catch (CommandException | WriteRefusedException e) {
            return new Reply.Error(e.getMessage());
        }
    }

    private static String unknown(Request request) {
        StringBuilder text = new StringBuilder("ERR unknown command '")
                .append(shown(request.bytes(0)))
                .append("', with args beginning with: ");
        for (int i = 1; i < request.count() && text.length() < MAX_SHOWN; i++) {
            text.append('\'').append(shown(request.bytes(i))).append("' ");
        }
        return text.toString();
    }

    private static String shown(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, MAX_SHOWN), StandardCharsets.UTF_8);
    }

    @Override
    public int maxRecordSize() {
        return size;
    }
}

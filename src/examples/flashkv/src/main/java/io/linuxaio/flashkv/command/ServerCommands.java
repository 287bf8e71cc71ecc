package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.store.View;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Commands on the connection and the server. */
final class ServerCommands {
    private ServerCommands() {}

    static Reply ping(View view, Session session, Request request) throws CommandException {
        return switch (request.count()) {
            case 1 -> new Reply.Simple("PONG");
            case 2 -> new Reply.Bulk(request.bytes(1));
            default -> throw wrongNumber("ping");
        };
    }

    static Reply echo(View view, Session session, Request request) {
        return new Reply.Bulk(request.bytes(1));
    }

    static Reply select(View view, Session session, Request request) throws CommandException {
        if (request.integer(1) != 0) {
            throw new CommandException("ERR DB index is out of range");
        }
        return Reply.OK;
    }

    static Reply quit(View view, Session session, Request request) {
        session.quit();
        return Reply.OK;
    }

    static Reply info(View view, Session session, Request request) {
        StringBuilder text = new StringBuilder();
        session.server().info().forEach((section, lines) -> {
            if (wants(request, section)) {
                text.append("# ").append(section).append('\n').append(lines).append('\n');
            }
        });
        return Reply.bulk(text.toString().replace("\n", "\r\n"));
    }

    private static boolean wants(Request request, String section) {
        boolean wants = request.count() == 1;
        for (int i = 1; i < request.count(); i++) {
            String word = request.word(i);
            wants |= word.equals(section.toUpperCase(Locale.ROOT))
                    || List.of("ALL", "DEFAULT", "EVERYTHING").contains(word);
        }
        return wants;
    }

    static Reply config(View view, Session session, Request request) throws CommandException {
        if (!request.word(1).equals("GET")) {
            throw unknownSubcommand("config", request);
        }
        if (request.count() < 3) {
            throw wrongNumber("config|get");
        }
        List<Reply> found = new ArrayList<>();
        session.server().config().forEach((name, value) -> {
            for (int i = 2; i < request.count(); i++) {
                byte[] pattern = request.text(i).toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
                if (new Glob(pattern).matches(name.getBytes(StandardCharsets.UTF_8))) {
                    found.add(Reply.bulk(name));
                    found.add(Reply.bulk(value));
                    break;
                }
            }
        });
        return new Reply.Array(found);
    }

    static Reply client(View view, Session session, Request request) throws CommandException {
        return switch (request.word(1)) {
            case "ID" -> new Reply.Int(session.id());
            case "INFO" -> Reply.bulk(session.describe() + "\n");
            case "LIST" -> Reply.bulk(String.join("\n", session.server().clients()) + "\n");
            case "GETNAME" -> session.name().isEmpty() ? Reply.NIL : Reply.bulk(session.name());
            case "SETNAME" -> setName(session, request);
            // Sent by client libraries when they connect.
            case "SETINFO", "NO-EVICT", "NO-TOUCH" -> Reply.OK;
            default -> throw unknownSubcommand("client", request);
        };
    }

    private static Reply setName(Session session, Request request) throws CommandException {
        if (request.count() != 3) {
            throw wrongNumber("client|setname");
        }
        for (byte b : request.bytes(2)) {
            if (b <= ' ' || b == 127) {
                throw new CommandException("ERR Client names cannot contain spaces, newlines or special characters.");
            }
        }
        session.name(request.text(2));
        return Reply.OK;
    }

    static Reply command(View view, Session session, Request request) throws CommandException {
        if (request.count() == 1) {
            return new Reply.Array(
                    Commands.all().stream().map(ServerCommands::describe).toList());
        }
        return switch (request.word(1)) {
            case "COUNT" -> new Reply.Int(Commands.all().size());
            case "DOCS" -> new Reply.Array(List.of());
            case "LIST" ->
                new Reply.Array(Commands.all().stream()
                        .map(command -> Reply.bulk(command.name()))
                        .toList());
            case "INFO" -> {
                List<Reply> found = new ArrayList<>();
                for (int i = 2; i < request.count(); i++) {
                    Command command = Commands.find(request.word(i));
                    found.add(command == null ? Reply.NIL : describe(command));
                }
                yield new Reply.Array(found);
            }
            default -> throw unknownSubcommand("command", request);
        };
    }

    /** Describes a command: name, arity, flags, and the places of its keys. */
    private static Reply describe(Command command) {
        boolean writes = command.access() == Command.Access.WRITE;
        return new Reply.Array(List.of(
                Reply.bulk(command.name()),
                new Reply.Int(command.arity()),
                new Reply.Array(List.of(new Reply.Simple(writes ? "write" : "readonly"))),
                new Reply.Int(command.firstKey()),
                new Reply.Int(command.lastKey()),
                new Reply.Int(command.keyStep())));
    }

    private static CommandException wrongNumber(String command) {
        return new CommandException("ERR wrong number of arguments for '" + command + "' command");
    }

    private static CommandException unknownSubcommand(String command, Request request) {
        return new CommandException(
                "ERR unknown subcommand '" + request.text(1) + "'. Try " + command.toUpperCase(Locale.ROOT) + " HELP.");
    }
}

package io.linuxaio.flashkv.command;

import io.linuxaio.flashkv.command.Command.Access;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The table of all commands. */
final class Commands {
    private static final Map<String, Command> TABLE = new HashMap<>();

    static {
        add("GET", 2, Access.READ_ONE, StringCommands::get);
        add("SET", -3, Access.WRITE, SetCommand::run);
        add("STRLEN", 2, Access.READ_ONE, StringCommands::strlen);
        add("APPEND", 3, Access.WRITE, StringCommands::append);
        add("MGET", -2, Access.READ_MANY, StringCommands::mget);
        add("MSET", -3, Access.WRITE, StringCommands::mset);
        add("INCR", 2, Access.WRITE, CounterCommands::incr);
        add("INCRBY", 3, Access.WRITE, CounterCommands::incrby);
        add("DECR", 2, Access.WRITE, CounterCommands::decr);
        add("DECRBY", 3, Access.WRITE, CounterCommands::decrby);
        add("DEL", -2, Access.WRITE, KeyCommands::del);
        add("EXISTS", -2, Access.READ_MANY, KeyCommands::exists);
        add("TYPE", 2, Access.READ_ONE, KeyCommands::type);
        add("KEYS", 2, Access.READ_MANY, KeyCommands::keys);
        add("SCAN", -2, Access.READ_MANY, KeyCommands::scan);
        add("DBSIZE", 1, Access.READ_ONE, KeyCommands::dbsize);
        add("FLUSHDB", -1, Access.WRITE, KeyCommands::flushdb);
        add("EXPIRE", -3, Access.WRITE, ExpiryCommands::expire);
        add("PEXPIRE", -3, Access.WRITE, ExpiryCommands::pexpire);
        add("TTL", 2, Access.READ_ONE, ExpiryCommands::ttl);
        add("PTTL", 2, Access.READ_ONE, ExpiryCommands::pttl);
        add("PERSIST", 2, Access.WRITE, ExpiryCommands::persist);
        add("PING", -1, Access.READ_ONE, ServerCommands::ping);
        add("ECHO", 2, Access.READ_ONE, ServerCommands::echo);
        add("SELECT", 2, Access.READ_ONE, ServerCommands::select);
        add("QUIT", -1, Access.READ_ONE, ServerCommands::quit);
        add("INFO", -1, Access.READ_ONE, ServerCommands::info);
        add("CONFIG", -2, Access.READ_ONE, ServerCommands::config);
        add("CLIENT", -2, Access.READ_ONE, ServerCommands::client);
        add("COMMAND", -1, Access.READ_ONE, ServerCommands::command);
    }

    private Commands() {}

    private static void add(String name, int arity, Access access, Command.Action action) {
        TABLE.put(name, new Command(name.toLowerCase(Locale.ROOT), arity, access, action));
    }

    /** Returns the command of a name in upper case, or {@code null}. */
    static Command find(String name) {
        return TABLE.get(name);
    }

    static Collection<Command> all() {
        return TABLE.values();
    }
}

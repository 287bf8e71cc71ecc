package io.linuxaio.flashkv.command;

/** Thrown if a command is refused; the message is the error reply. Nothing has changed. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandException(String reply) {
        super(reply, null, false, false);
    }

    static CommandException syntax() {
        return new CommandException("ERR syntax error");
    }

    static CommandException notAnInteger() {
        return new CommandException("ERR value is not an integer or out of range");
    }
}

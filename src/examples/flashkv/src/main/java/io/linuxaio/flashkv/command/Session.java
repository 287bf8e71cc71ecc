package io.linuxaio.flashkv.command;

/** The state of a connection that commands see. Used by one thread at a time. */
public final class Session {
    private final long id;
    private final String address;
    private final ServerFacts server;
    private String name = "";
    private boolean quit;

    /**
     * Creates a session.
     *
     * @param id the number of the connection
     * @param address that of the client
     */
    public Session(long id, String address, ServerFacts server) {
        this.id = id;
        this.address = address;
        this.server = server;
    }

    /** Returns {@code true} if the client has asked for the connection to be closed after the replies. */
    public boolean hasQuit() {
        return quit;
    }

    void quit() {
        quit = true;
    }

    long id() {
        return id;
    }

    ServerFacts server() {
        return server;
    }

    String name() {
        return name;
    }

    void name(String chosen) {
        name = chosen;
    }

    /** Returns a line for {@code CLIENT LIST}. */
    public String describe() {
        return "id=%d addr=%s name=%s db=0".formatted(id, address, name);
    }
}

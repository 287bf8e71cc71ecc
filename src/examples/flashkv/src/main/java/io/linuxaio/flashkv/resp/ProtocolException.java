package io.linuxaio.flashkv.resp;

/** Thrown if bytes of a client are no request. The connection cannot go on: the next request cannot be found. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolException(String reason) {
        super("ERR Protocol error: " + reason);
    }
}

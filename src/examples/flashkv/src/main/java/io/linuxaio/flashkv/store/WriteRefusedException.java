package io.linuxaio.flashkv.store;

/** Thrown if a command writes and the log does not accept it. Nothing has changed. */
public final class WriteRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WriteRefusedException(String reason) {
        super(reason);
    }
}

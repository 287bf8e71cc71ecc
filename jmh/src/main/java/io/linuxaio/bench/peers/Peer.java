package io.linuxaio.bench.peers;

import io.linuxaio.bench.Session;

/** A variant of a library that may be missing, or whose native part may fail to load. */
final class Peer {
    private Peer() {}

    /** Touches the library's classes, which a variant itself does not. */
    @FunctionalInterface
    interface Opening {
        Session open() throws Exception;
    }

    /**
     * Opens a session.
     *
     * @throws UnsupportedOperationException if the library is not there, in one sentence
     */
    static Session open(String library, Opening opening) throws Exception {
        try {
            return opening.open();
        } catch (LinkageError e) {
            throw new UnsupportedOperationException(library + " could not be loaded: " + e, e);
        }
    }
}

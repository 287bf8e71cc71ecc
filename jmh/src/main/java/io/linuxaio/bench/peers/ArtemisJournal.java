package io.linuxaio.bench.peers;

import io.linuxaio.bench.Journal;
import io.linuxaio.bench.JournalCase;

/** The opening of a journal over Artemis' JNI binding, with its own polling loop, as the broker uses it. */
public final class ArtemisJournal {
    private ArtemisJournal() {}

    /**
     * Opens a journal.
     *
     * @throws UnsupportedOperationException if the binding is not there, in one sentence
     */
    public static Journal open(JournalCase settings) throws Exception {
        return (Journal)
                Peer.open("activemq-artemis-native", () -> ArtemisLoader.open("ArtemisJournalSession", settings));
    }
}

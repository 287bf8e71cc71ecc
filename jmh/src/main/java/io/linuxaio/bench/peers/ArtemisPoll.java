package io.linuxaio.bench.peers;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.SessionPerThread;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;

/** Artemis' JNI binding of libaio, polled by the submitting thread, with one context for each. */
public final class ArtemisPoll implements Variant {
    @Override
    public String name() {
        return "artemis-poll";
    }

    @Override
    public String description() {
        return "activemq-artemis-native (JNI, libaio), a context for each thread, which submits and polls; it does not report byte counts";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
    }

    @Override
    public String unfit(Workload workload) {
        return null;
    }

    @Override
    public Session open(Workload workload) throws Exception {
        return Peer.open(
                "activemq-artemis-native",
                () -> SessionPerThread.open(workload, share -> ArtemisLoader.open("ArtemisPollSession", share)));
    }
}

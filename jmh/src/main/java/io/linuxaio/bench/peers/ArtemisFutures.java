package io.linuxaio.bench.peers;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;

/** Artemis' JNI binding of libaio, with futures completed by a thread that polls, as the broker does. */
public final class ArtemisFutures implements Variant {
    @Override
    public String name() {
        return "artemis-futures";
    }

    @Override
    public String description() {
        return "activemq-artemis-native (JNI, libaio), its poll thread completes futures; it does not report byte counts";
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
        return Peer.open("activemq-artemis-native", () -> ArtemisLoader.open("ArtemisFutureSession", workload));
    }
}

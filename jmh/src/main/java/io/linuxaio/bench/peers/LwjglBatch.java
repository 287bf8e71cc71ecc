package io.linuxaio.bench.peers;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.SessionPerThread;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.util.List;

/** LWJGL's binding of liburing: all free slots are submitted together, in the call that waits. */
public final class LwjglBatch implements Variant {
    @Override
    public String name() {
        return "lwjgl-uring-batch";
    }

    @Override
    public String description() {
        return "LWJGL's liburing (JNI, io_uring), a ring for each thread, all that is free in one call that also waits";
    }

    @Override
    public Policy policy() {
        return Policy.BATCH;
    }

    @Override
    public List<String> jvmFlags() {
        return LwjglRing.JVM_FLAGS;
    }

    @Override
    public String unfit(Workload workload) {
        return null;
    }

    @Override
    public Session open(Workload workload) throws Exception {
        return Peer.open("LWJGL", () -> SessionPerThread.open(workload, share -> new LwjglSession(share, true)));
    }
}

package io.linuxaio.bench.peers;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.SessionPerThread;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.util.List;

/** LWJGL's binding of liburing: each operation is submitted as soon as its slot is free. */
public final class LwjglOneByOne implements Variant {
    @Override
    public String name() {
        return "lwjgl-uring-one";
    }

    @Override
    public String description() {
        return "LWJGL's liburing (JNI, io_uring), a ring for each thread, a call for each operation";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
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
        return Peer.open("LWJGL", () -> SessionPerThread.open(workload, share -> new LwjglSession(share, false)));
    }
}

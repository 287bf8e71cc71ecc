package io.linuxaio.bench.peers;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;

/** jasyncfio, an io_uring library, with callbacks on its own thread. */
public final class JasyncfioCallbacks implements Variant {
    @Override
    public String name() {
        return "jasyncfio-callbacks";
    }

    @Override
    public String description() {
        return "jasyncfio (JNI, io_uring), callbacks on its event loop start the next operation; it sleeps at once";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.unlessOneThread("callbacks submit, on the threads that complete");
    }

    @Override
    public Session open(Workload workload) throws Exception {
        return Peer.open("jasyncfio", () -> new JasyncfioCallbackSession(workload));
    }
}

package io.linuxaio.bench.peers;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;

/** jasyncfio, an io_uring library, with futures that the submitting thread waits for. */
public final class JasyncfioFutures implements Variant {
    @Override
    public String name() {
        return "jasyncfio-futures";
    }

    @Override
    public String description() {
        return "jasyncfio (JNI, io_uring), threads that submit wait for futures, its event loop spins (its default)";
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
        return Peer.open("jasyncfio", () -> new JasyncfioFutureSession(workload, true));
    }
}

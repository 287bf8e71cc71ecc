package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import one.jasyncfio.EventExecutor;

/** A session whose submitting threads wait for futures, which the library's event loop completes. */
final class JasyncfioFutureSession implements Session {
    private final JasyncfioFile file;
    private final FutureLoop loop;

    /** @param spins whether the event loop spins, which is its default, or sleeps as soon as it has nothing to do */
    JasyncfioFutureSession(Workload workload, boolean spins) throws IOException, InterruptedException {
        EventExecutor.Builder settings = EventExecutor.builder();
        file = new JasyncfioFile(workload, spins ? settings : settings.sleepTimeout(0));
        loop = new FutureLoop(workload, file.buffers().segments(), file::start);
    }

    @Override
    public void run(Meter meter) throws Exception {
        loop.run(meter);
    }

    @Override
    public void close() {
        try (loop) {
            file.close();
        }
    }
}

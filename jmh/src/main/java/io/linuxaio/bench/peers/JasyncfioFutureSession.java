package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import one.jasyncfio.EventExecutor;

/** One thread that submits and waits; the library's event loop completes. */
final class JasyncfioFutureSession implements Session {
    private final JasyncfioFile file;

    JasyncfioFutureSession(Workload workload) throws IOException, InterruptedException {
        file = new JasyncfioFile(workload, EventExecutor.builder());
    }

    @Override
    public void run(Meter meter) throws Exception {
        FutureLoop.run(meter, file.buffers().segments(), file::start);
    }

    @Override
    public void close() {
        file.close();
    }
}

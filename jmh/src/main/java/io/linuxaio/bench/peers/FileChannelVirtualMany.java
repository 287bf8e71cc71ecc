package io.linuxaio.bench.peers;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;

/**
 * {@link java.nio.channels.FileChannel} on more virtual threads than the JDK makes carriers for: as many as wait inside
 * direct I/O, but no more than {@code jdk.virtualThreadScheduler.maxPoolSize}, 256.
 */
public final class FileChannelVirtualMany implements Variant {
    private static final int THREADS = 1000;

    @Override
    public String name() {
        return "file-channel-virtual-1000";
    }

    @Override
    public String description() {
        return "FileChannel with DIRECT, 1000 virtual threads whatever the depth (the JDK lets 256 in at a time)";
    }

    @Override
    public Policy policy() {
        return Policy.THREADS;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.unlessOneThread("it has " + THREADS + " threads");
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new FileChannelSession(workload, THREADS, Thread.ofVirtual().factory());
    }
}

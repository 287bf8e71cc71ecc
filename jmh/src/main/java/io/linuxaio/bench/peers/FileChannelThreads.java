package io.linuxaio.bench.peers;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;

/** {@link java.nio.channels.FileChannel} on platform threads. */
public final class FileChannelThreads implements Variant {
    @Override
    public String name() {
        return "file-channel-threads";
    }

    @Override
    public String description() {
        return "FileChannel with DIRECT, as many platform threads as the depth says";
    }

    @Override
    public Policy policy() {
        return Policy.THREADS;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.unlessOneThread("it has as many threads as the depth says");
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new FileChannelSession(
                workload,
                workload.depth(),
                Thread.ofPlatform().name("file-channel-", 0).factory());
    }
}

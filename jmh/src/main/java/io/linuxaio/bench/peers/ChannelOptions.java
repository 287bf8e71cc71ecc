package io.linuxaio.bench.peers;

import io.linuxaio.bench.DirectOption;
import io.linuxaio.bench.Workload;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** The open options of the JDK's channels. */
final class ChannelOptions {
    private ChannelOptions() {}

    static Set<OpenOption> of(Workload workload) {
        Set<OpenOption> options = new HashSet<>();
        options.add(workload.reads() ? StandardOpenOption.READ : StandardOpenOption.WRITE);
        if (workload.direct()) {
            options.add(DirectOption.get());
        }
        return options;
    }
}

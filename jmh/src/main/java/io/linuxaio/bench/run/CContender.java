package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A variant of the C program. */
record CContender(Path program, Policy policy, boolean ring, boolean traced) implements Contender {
    private static final int MOST_THREADS = 256;

    static List<Contender> all(Path program, boolean traced) {
        List<Contender> all = new ArrayList<>();
        for (Policy policy : Policy.values()) {
            all.add(new CContender(program, policy, false, traced));
            all.add(new CContender(program, policy, true, traced));
        }
        return all;
    }

    @Override
    public String name() {
        return policy.reference() + (ring ? "-ring" : "");
    }

    @Override
    public String description() {
        String how = switch (policy) {
            case BATCH -> "all free slots in one io_submit";
            case ONE_BY_ONE -> "each operation submitted as soon as its slot is free";
            case THREADS -> "as many threads as the depth says, a context for each";
        };
        return "C, " + how + (ring ? "; completions from the ring in user space" : "; io_getevents");
    }

    @Override
    public String group() {
        return "c";
    }

    /** Returns {@code true} if ratios refer to this. */
    boolean isReference() {
        return !ring;
    }

    @Override
    public String unfit(Workload workload, PassKind pass) {
        if (policy != Policy.THREADS) {
            return null;
        }
        return workload.depth() > MOST_THREADS
                ? "more than " + MOST_THREADS + " threads"
                : workload.unlessOneThread("it has as many threads as the depth says");
    }

    @Override
    public ObjectNode run(PassKind pass, Workload workload) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString(), pass.argument(), name()));
        command.addAll(workload.arguments());
        return traced
                ? Syscalls.count(command, Limits.of(workload))
                : Json.result(Programs.run(command, Limits.of(workload)));
    }
}

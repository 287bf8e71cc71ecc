package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.Workload;
import java.util.Locale;

/**
 * A workload on a target.
 *
 * @param target the name of the target
 * @param workload the workload
 */
record Case(String target, Workload workload) {
    /** Returns the attributes that distinguish it, for a line of results. */
    ObjectNode describe(String type, Contender contender) {
        return Json.object()
                .put("type", type)
                .put("target", target)
                .put("operation", workload.operation().name().toLowerCase(Locale.ROOT))
                .put("random", workload.random())
                .put("direct", workload.direct())
                .put("block", workload.blockSize())
                .put("depth", workload.depth())
                .put("threads", workload.threads())
                .put("contender", contender.name())
                .put("group", contender.group())
                .put("policy", contender.policy().name())
                .put("reference", contender.policy().reference());
    }

    @Override
    public String toString() {
        return target + ", " + (workload.random() ? "random" : "sequential") + " "
                + workload.operation().name().toLowerCase(Locale.ROOT) + " of " + workload.blockSize()
                + " bytes, depth " + workload.depth()
                + (workload.threads() == 1 ? "" : ", " + workload.threads() + " threads");
    }
}

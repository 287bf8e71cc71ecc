package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Workload;
import java.io.IOException;

/** A participant of the comparison, each time as a process of its own. */
interface Contender {
    /** Short and unique. */
    String name();

    /** One line. */
    String description();

    /** Returns its group: linux-aio, peers, c or fio; {@code --variants} understands it. */
    String group();

    /** Returns the way of the C program that it is compared with. */
    Policy policy();

    /** Null where it can do this, else why not. */
    String unfit(Workload workload, PassKind pass);

    /**
     * Runs it.
     *
     * @return what came out, or {@code error}
     */
    ObjectNode run(PassKind pass, Workload workload) throws IOException, InterruptedException;
}

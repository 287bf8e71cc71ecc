package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The schedule of contenders: in each round all cases in random order, in each case all contenders in random order with
 * several reference runs of the C program. So slow changes of the machine affect all contenders alike.
 */
final class Rounds {
    private final List<Case> cases;
    private final List<Contender> contenders;
    private final ResultsFile results;
    private final Interruption interruption;
    private final PrintStream log;
    private final Random order = new Random();
    /** Pairs of case and contender that are out. */
    private final Set<List<Object>> out = new HashSet<>();

    private boolean ownFailed;

    Rounds(
            List<Case> cases,
            List<Contender> contenders,
            ResultsFile results,
            Interruption interruption,
            PrintStream log) {
        this.cases = cases;
        this.contenders = contenders;
        this.results = results;
        this.interruption = interruption;
        this.log = log;
    }

    /** Leaves out what does not fit, and what does not move the data it says it moves. */
    void check() throws IOException, InterruptedException {
        for (Case each : cases) {
            for (Contender contender : contenders) {
                String unfit = contender.unfit(each.workload(), PassKind.MEASURE);
                if (unfit != null) {
                    leaveOut(each, contender, "skipped", unfit);
                } else if (contender.unfit(each.workload(), PassKind.CHECK) == null) {
                    ObjectNode result = run(each, contender, PassKind.CHECK);
                    if (interruption.came()) {
                        return;
                    }
                    if (result.has("error")) {
                        leaveOut(each, contender, "failed", result.get("error").asText());
                    }
                }
            }
        }
    }

    private void leaveOut(Case each, Contender contender, String type, String reason) throws IOException {
        out.add(List.of(each, contender));
        results.add(each.describe(type, contender).put("reason", reason));
        if (type.equals("failed")) {
            failed(each, contender, reason);
        }
    }

    private void failed(Case each, Contender contender, String reason) {
        ownFailed |= contender.group().equals("linux-aio") || contender.group().equals("c");
        log.println("bench: FAILED: " + contender.name() + " on " + each + ": " + reason);
    }

    /** Returns {@code true} if linux-aio or the C program failed; peers and fio may lack what they need. */
    boolean ownFailed() {
        return ownFailed;
    }

    /** Measures everything so many times; the references more often in each. */
    void measure(int rounds, int references, boolean latency) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds && !interruption.came(); round++) {
            ObjectNode idle = HostInfo.idleness().put("type", "idle").put("round", round);
            results.add(idle);
            log.println("bench: round " + round + " of " + rounds
                    + (idle.get("idle").asBoolean() ? "" : notIdle(idle)));
            List<Case> shuffled = new ArrayList<>(cases);
            Collections.shuffle(shuffled, order);
            for (Case each : shuffled) {
                log.println("bench:   " + each);
                measure(each, PassKind.MEASURE, references, round);
                if (latency) {
                    measure(each, PassKind.LATENCY, 1, round);
                }
            }
        }
    }

    /** Returns the first line of results, with the machine, after a look at other load on it, of which it warns. */
    static ObjectNode start(String type) throws InterruptedException {
        ObjectNode idle = HostInfo.idleness();
        if (!idle.get("idle").asBoolean()) {
            System.err.println("bench:" + notIdle(idle));
        }
        ObjectNode start = Json.object().put("type", type);
        start.set("machine", HostInfo.facts());
        return start.setAll(idle);
    }

    static String notIdle(ObjectNode idle) {
        return " -- THE MACHINE IS NOT IDLE (load " + idle.path("load") + ", processors busy by "
                + Math.round(100 * idle.path("busy").asDouble()) + " %, most by " + idle.path("busiest")
                + "): these figures are worth little";
    }

    private void measure(Case each, PassKind pass, int references, int round) throws IOException, InterruptedException {
        List<Contender> turns = new ArrayList<>();
        for (Contender contender : contenders) {
            boolean reference = contender instanceof CContender c && c.isReference();
            if (!out.contains(List.of(each, contender))) {
                turns.addAll(Collections.nCopies(reference ? references : 1, contender));
            }
        }
        Collections.shuffle(turns, order);
        for (Contender contender : turns) {
            ObjectNode result = run(each, contender, pass);
            if (interruption.came()) {
                return;
            }
            ObjectNode line = each.describe("result", contender)
                    .put("pass", pass.argument())
                    .put("round", round);
            line.setAll(result);
            results.add(line);
            if (result.has("error")) {
                failed(each, contender, result.get("error").asText());
            }
        }
    }

    private ObjectNode run(Case each, Contender contender, PassKind pass) throws InterruptedException {
        if (interruption.came()) {
            return Json.error("interrupted");
        }
        try {
            return contender.run(pass, each.workload());
        } catch (IOException e) {
            return Json.error("it could not be run: " + e);
        }
    }
}

package io.linuxaio.cli.probe;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The advice that follows from a probe. */
final class ProbeAdvice {
    private ProbeAdvice() {}

    /** Returns one or more sentences. */
    static List<String> of(ProbeResult result) {
        if (!result.works()) {
            return List.of("No direct I/O here: operations are carried out by the thread that submits them.");
        }
        List<String> sentences = new ArrayList<>();
        Map<SubmitKind, SubmitTimes> submits = result.trials().submits();
        say(sentences, submits, SubmitTimes.Blocking.NO, "Asynchronous: ", ".");
        say(sentences, submits, SubmitTimes.Blocking.PARTLY, "Block the submitting thread in part: ", ".");
        say(sentences, submits, SubmitTimes.Blocking.YES, "Block the submitting thread: ", ".");
        Set<SubmitKind> waiting = kinds(submits, SubmitTimes.Blocking.YES);
        if (waiting.contains(SubmitKind.OVERWRITE)) {
            sentences.add(
                    "All writes are synchronous here; AioSubmitMode.NON_BLOCKING offloads them to other threads.");
        } else if (waiting.contains(SubmitKind.APPEND) && waiting.contains(SubmitKind.FILL)) {
            sentences.add("Reuse files whose blocks are written, or use AioSubmitMode.NON_BLOCKING.");
        } else if (waiting.contains(SubmitKind.APPEND)) {
            sentences.add(
                    submits.containsKey(SubmitKind.FILL)
                            ? "Allocate space before you write into it, or use AioSubmitMode.NON_BLOCKING."
                            : "Space cannot be allocated here; write blocks first and reuse them, or use"
                                    + " AioSubmitMode.NON_BLOCKING.");
        }
        if (result.trials().nowaitOverwrites().taken() == 0) {
            sentences.add("NOWAIT does not work for writes here: with NON_BLOCKING, helper threads submit them all.");
        }
        return sentences;
    }

    private static void say(
            List<String> sentences,
            Map<SubmitKind, SubmitTimes> submits,
            SubmitTimes.Blocking blocking,
            String before,
            String after) {
        Set<SubmitKind> kinds = kinds(submits, blocking);
        if (!kinds.isEmpty()) {
            sentences.add(before + kinds.stream().map(SubmitKind::activity).collect(Collectors.joining(", ")) + after);
        }
    }

    private static Set<SubmitKind> kinds(Map<SubmitKind, SubmitTimes> submits, SubmitTimes.Blocking blocking) {
        Set<SubmitKind> kinds = EnumSet.noneOf(SubmitKind.class);
        submits.forEach((kind, times) -> {
            if (times.blocking() == blocking) {
                kinds.add(kind);
            }
        });
        return kinds;
    }
}

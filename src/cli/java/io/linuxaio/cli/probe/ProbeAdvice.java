package io.linuxaio.cli.probe;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What follows from a probe, in plain words. */
final class ProbeAdvice {
    private ProbeAdvice() {}

    /** One sentence or more. */
    static List<String> of(ProbeResult result) {
        if (!result.works()) {
            return List.of("No direct I/O here: what is submitted is carried out by whoever submits it.");
        }
        List<String> sentences = new ArrayList<>();
        Map<SubmitKind, SubmitTimes> submits = result.trials().submits();
        say(sentences, submits, SubmitTimes.Blocking.NO, "Asynchronous: ", ".");
        say(sentences, submits, SubmitTimes.Blocking.PARTLY, "Done in good part by whoever submits: ", ".");
        say(sentences, submits, SubmitTimes.Blocking.YES, "Done by whoever submits, who waits for it: ", ".");
        Set<SubmitKind> waiting = kinds(submits, SubmitTimes.Blocking.YES);
        if (waiting.contains(SubmitKind.OVERWRITE)) {
            sentences.add("Writes are synchronous here whatever one does; AioSubmitMode.NON_BLOCKING lets other threads"
                    + " wait.");
        } else if (waiting.contains(SubmitKind.APPEND) && waiting.contains(SubmitKind.FILL)) {
            sentences.add("Use files again whose blocks are written, or AioSubmitMode.NON_BLOCKING.");
        } else if (waiting.contains(SubmitKind.APPEND)) {
            sentences.add(
                    submits.containsKey(SubmitKind.FILL)
                            ? "Allocate space before you write into it, or use AioSubmitMode.NON_BLOCKING."
                            : "Space cannot be allocated here; write blocks first and use them again, or use"
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

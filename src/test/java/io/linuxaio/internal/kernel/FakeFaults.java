package io.linuxaio.internal.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Predicate;

/** The faults that a test has scripted. Guarded by the kernel's lock. */
class FakeFaults {
    private final Map<FakeCall, Queue<Integer>> failures = new EnumMap<>(FakeCall.class);
    private final Queue<Integer> acceptances = new ArrayDeque<>();
    private final Map<FakeCall, Integer> fixedResults = new EnumMap<>(FakeCall.class);
    private final List<Refusal> refusals = new ArrayList<>();
    private final Queue<FakeOutcome> outcomes = new ArrayDeque<>();
    private int duplicates;

    private record Refusal(Predicate<FakeRequest> which, int errno, boolean lasting) {}

    void fail(FakeCall call, int errno, int times) {
        Queue<Integer> answers = failures.computeIfAbsent(call, _ -> new ArrayDeque<>());
        for (int i = 0; i < times; i++) {
            answers.add(-errno);
        }
    }

    /** Returns -errno if the call shall fail this time, else 0. */
    int failure(FakeCall call) {
        Integer answer = failures.getOrDefault(call, new ArrayDeque<>()).poll();
        return answer == null ? 0 : answer;
    }

    void fixResult(FakeCall call, int answer) {
        fixedResults.put(call, answer);
    }

    void endFixedResult(FakeCall call) {
        fixedResults.remove(call);
    }

    /** Returns the scripted return value of the call, or null if there is none. */
    Integer fixedResult(FakeCall call) {
        return fixedResults.get(call);
    }

    void limitAcceptance(int count) {
        acceptances.add(count);
    }

    long acceptable(long count) {
        Integer max = acceptances.poll();
        return max == null ? count : Math.min(max, count);
    }

    void refuse(Predicate<FakeRequest> which, int errno) {
        refusals.add(new Refusal(which, errno, false));
    }

    void refuseAll(Predicate<FakeRequest> which, int errno) {
        refusals.add(new Refusal(which, errno, true));
    }

    /** Returns -errno if the request shall be refused; each refusal applies once, except a permanent one. */
    int refusal(FakeRequest request) {
        for (Iterator<Refusal> all = refusals.iterator(); all.hasNext(); ) {
            Refusal one = all.next();
            if (one.which.test(request)) {
                if (!one.lasting) {
                    all.remove();
                }
                return -one.errno;
            }
        }
        return 0;
    }

    void script(FakeOutcome... next) {
        outcomes.addAll(List.of(next));
    }

    FakeOutcome outcome(FakeRequest request) {
        FakeOutcome scripted = request.device() ? null : outcomes.poll();
        return scripted == null ? FakeOutcome.NORMAL : scripted;
    }

    void duplicateEvents(int count) {
        duplicates += count;
    }

    boolean duplicatesThis(FakeRequest request) {
        return !request.device() && duplicates > 0 && duplicates-- > 0;
    }
}

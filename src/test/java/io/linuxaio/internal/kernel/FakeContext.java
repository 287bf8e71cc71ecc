package io.linuxaio.internal.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A context of {@link FakeKernel}: its operations in flight and its ring of events. Guarded by the kernel's lock. */
final class FakeContext {
    private final int depth;
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private final List<Held> held = new ArrayList<>();

    FakeContext(int depth) {
        this.depth = depth;
    }

    /** A completion event; whether it is a device's, which is nobody's loss. */
    record Event(long data, long object, long result, boolean device) {}

    /** A request whose completion is held back. */
    record Held(FakeRequest request, FakeOutcome outcome) {}

    /**
     * Returns {@code true} if the ring has room for one more event. Linux has more room than requested, so no caller
     * may rely on less.
     */
    boolean isFull() {
        return held.size() + events.size() >= depth;
    }

    void hold(FakeRequest request, FakeOutcome outcome) {
        held.add(new Held(request, outcome));
    }

    List<Held> held() {
        return Collections.unmodifiableList(held);
    }

    Held removeHeld(int index) {
        return held.remove(index);
    }

    void add(Event event) {
        events.add(event);
    }

    boolean hasResults() {
        return !held.isEmpty() || events.stream().anyMatch(event -> !event.device());
    }

    int available() {
        return events.size();
    }

    Event take() {
        return events.poll();
    }
}

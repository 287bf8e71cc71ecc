package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.SmallStack;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The probe of the stack, which fails while there is still room for the engine. */
@Timeout(60)
class StackRoomTest {
    private static final long STACK_BYTES = 256 * 1024;
    private static final int CALLS = 20;
    private static final int ROUNDS = 20;

    private static boolean hasLock;

    private int depth;
    private boolean hasFailed;

    /**
     * Calls deeper and deeper until the probe fails; returns a sum of calls that were made after that. A compiler that
     * inlines the probe makes its check part of the call of this method.
     */
    private int untilTheProbeFails() {
        depth++;
        try {
            StackRoom.require();
            return untilTheProbeFails();
        } catch (StackOverflowError e) {
            if (hasFailed) {
                throw e;
            }
            hasFailed = true;
            return sum(CALLS);
        }
    }

    private static int sum(int calls) {
        return calls == 0 ? 0 : calls + sum(calls - 1);
    }

    /** Also after overflows, which change what HotSpot protects. */
    @Test
    void oneCallFitsIntoSeveralAndAReleaseIntoOneCall() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int[] found = new int[2];
            SmallStack.onTheWayBack(Integer.MAX_VALUE, () -> requireWithin(found));

            assertThat(found[0]).as("enough for several").isPositive();
            assertThat(found[1]).as("not enough within").isZero();
        }
    }

    private static void requireWithin(int[] found) {
        try {
            StackRoom.requireForSeveral();
        } catch (StackOverflowError e) {
            return;
        }
        found[0]++;
        try {
            deeper(CALLS, () -> {
                StackRoom.require();
                deeper(CALLS, StackRoom::requireForRelease);
            });
        } catch (StackOverflowError e) {
            found[1]++;
        }
    }

    /** Runs an action some calls deeper, and a native call before it. */
    private static void deeper(int calls, Runnable action) {
        if (calls > 0) {
            deeper(calls - 1, action);
        } else {
            hasLock = Thread.holdsLock(StackRoomTest.class);
            action.run();
        }
    }

    @Test
    void theProbeFailsWhereOtherCallsStillSucceed() throws Exception {
        FutureTask<Integer> task = new FutureTask<>(this::untilTheProbeFails);
        new Thread(null, task, "of a small stack", STACK_BYTES).start();

        assertThat(task.get(30, TimeUnit.SECONDS)).isEqualTo(CALLS * (CALLS + 1) / 2);
        assertThat(depth).isGreaterThan(CALLS);
    }
}

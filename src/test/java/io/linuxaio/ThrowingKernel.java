package io.linuxaio;

import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import java.util.Set;

/** A kernel one of whose calls throws an {@link Error} before or after its work. */
final class ThrowingKernel {
    /** The moments of the error. */
    enum Moment {
        BEFORE,
        AFTER
    }

    // An Error hides that the call was made: a descriptor or context of a number that nobody knows, a number that
    // may be another file's by now.
    private static final Set<String> NEVER_AFTER = Set.of("open", "setup");
    private static final Set<String> NEVER_BEFORE = Set.of("close", "destroy");

    private final Kernel real;
    private int countdown = Integer.MAX_VALUE;
    private Moment moment = Moment.BEFORE;
    private Error error;
    private String thrownAt;

    ThrowingKernel(Kernel real) {
        this.real = real;
    }

    Kernel kernel() {
        return KernelProxy.over(real, this::call);
    }

    /** Makes a call throw after the given number of other calls. */
    synchronized void arm(int calls, Moment when, Error what) {
        countdown = calls;
        moment = when;
        error = what;
        thrownAt = null;
    }

    /** Disarms the error, and returns the name of the call that threw, or null if none did. */
    synchronized String disarm() {
        countdown = Integer.MAX_VALUE;
        return thrownAt;
    }

    private synchronized boolean isDue(String name) {
        Set<String> spared = moment == Moment.BEFORE ? NEVER_BEFORE : NEVER_AFTER;
        if (spared.contains(name) || countdown-- != 0) {
            return false;
        }
        thrownAt = name;
        return true;
    }

    private Object call(KernelProxy.Call call) throws Throwable {
        boolean throwsNow = isDue(call.name());
        if (throwsNow && moment == Moment.BEFORE) {
            throw error;
        }
        Object answer = call.proceed();
        if (throwsNow) {
            throw error;
        }
        return answer;
    }
}

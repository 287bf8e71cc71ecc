package io.linuxaio.testing.fuse;

/**
 * A fault injected into requests of one kind.
 *
 * @param kind {@code READ}, {@code WRITE} or {@code FSYNC}
 * @param what the kind of fault
 * @param argument the argument of the fault: an error number, a number of bytes or of milliseconds
 * @param skip the number of requests served normally before
 * @param times the number of faulty requests
 */
public record InjectedFault(String kind, What what, int argument, int skip, int times) {
    /** The kinds of faults. */
    public enum What {
        /** Answers with an error number. */
        FAIL,
        /** Returns fewer bytes than available. */
        CUT,
        /** Does not answer until released. */
        HOLD,
        /** Answers after so many milliseconds. */
        DELAY
    }

    /** Parses the text of {@link #toString}. */
    static InjectedFault parse(String[] words) {
        return new InjectedFault(
                words[1],
                What.valueOf(words[2]),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]),
                Integer.parseInt(words[5]));
    }

    boolean isSpent() {
        return times == 0;
    }

    /** Returns the fault that remains after one more request. */
    InjectedFault afterOne() {
        return skip > 0
                ? new InjectedFault(kind, what, argument, skip - 1, times)
                : new InjectedFault(kind, what, argument, 0, times - 1);
    }

    @Override
    public String toString() {
        return String.join(" ", kind, what.name(), "" + argument, "" + skip, "" + times);
    }
}

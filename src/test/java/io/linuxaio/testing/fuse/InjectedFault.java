package io.linuxaio.testing.fuse;

/**
 * What is done to requests of one kind instead of what they ask for.
 *
 * @param kind {@code READ}, {@code WRITE} or {@code FSYNC}
 * @param what the lie
 * @param argument of the lie: an error number, a number of bytes, of milliseconds
 * @param skip how many requests are served honestly before
 * @param times how many are lied to
 */
public record InjectedFault(String kind, What what, int argument, int skip, int times) {
    /** The lies that there are. */
    public enum What {
        /** Answers with an error number. */
        FAIL,
        /** Reads fewer bytes than are there. */
        CUT,
        /** Does not answer until told to. */
        HOLD,
        /** Answers after so many milliseconds. */
        DELAY
    }

    /** Reads what {@link #toString} wrote. */
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

    /** What is left of it when one more request has come. */
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

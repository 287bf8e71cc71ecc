package io.linuxaio.internal.kernel;

/**
 * The outcome of a request of {@link FakeKernel}.
 *
 * @param max the maximum number of bytes transferred
 * @param answer the result; 0 for the number of bytes transferred
 */
public record FakeOutcome(long max, long answer) {
    /** Returns the normal outcome. */
    public static final FakeOutcome NORMAL = new FakeOutcome(Long.MAX_VALUE, 0);

    /** Returns a short transfer of so many bytes. */
    public static FakeOutcome shortBy(long bytesMoved) {
        return new FakeOutcome(bytesMoved, 0);
    }

    /** Returns a failure without a transfer. */
    public static FakeOutcome error(int errno) {
        return new FakeOutcome(0, -errno);
    }

    /** Returns an interruption by a signal without a transfer. */
    public static FakeOutcome interrupted() {
        return error(Errno.EINTR);
    }
}

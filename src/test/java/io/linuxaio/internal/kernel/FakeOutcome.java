package io.linuxaio.internal.kernel;

/**
 * How {@link FakeKernel} carries a request out.
 *
 * @param most how many bytes it moves at most
 * @param answer what it then answers; 0 for the number of bytes moved
 */
public record FakeOutcome(long most, long answer) {
    /** As asked. */
    public static final FakeOutcome NORMAL = new FakeOutcome(Long.MAX_VALUE, 0);

    /** Stops after so many bytes, and says so. */
    public static FakeOutcome shortBy(long bytesMoved) {
        return new FakeOutcome(bytesMoved, 0);
    }

    /** Moves nothing and fails. */
    public static FakeOutcome error(int errno) {
        return new FakeOutcome(0, -errno);
    }

    /** Moves nothing, since a signal came. */
    public static FakeOutcome interrupted() {
        return error(Errno.EINTR);
    }
}

package io.linuxaio.random;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.internal.kernel.Errno;
import java.nio.channels.ClosedChannelException;
import java.util.Set;

/** The allowed failures of an operation of a {@link RandomWalk}. */
final class AllowedOutcome {
    /** The errors of {@link io.linuxaio.internal.kernel.RandomFaults}. */
    private static final Set<Integer> FAULTS = Set.of(Errno.EIO, Errno.ENOSPC, Errno.EAGAIN, Errno.ENOMEM, Errno.EBADF);

    private AllowedOutcome() {}

    /** Returns {@code true} if the operation was not submitted since the context was closed. */
    static boolean isRefusedAtClosing(AioContext context, Throwable thrown) {
        return thrown instanceof ClosedChannelException
                && !context.isOpen()
                && "the context is closed".equals(thrown.getMessage());
    }

    /** Returns the number of bytes that a failed operation reports; throws if it must not fail so. */
    static long moved(RandomWalk walk, Throwable thrown, long length) {
        if (walk.isFaulty()
                && thrown instanceof AioException failed
                && FAULTS.contains(failed.errno())
                && failed.bytesTransferred() >= 0
                && failed.bytesTransferred() <= length) {
            walk.tally().count(OperationCounts.Kind.FAILED);
            return failed.bytesTransferred();
        }
        throw new AssertionError("failure that is not allowed", thrown);
    }

    /** As {@link #moved(RandomWalk, Throwable, long)}, for an operation of a queue. */
    static long moved(RandomWalk walk, int result, long transferred, long length) {
        if (walk.isFaulty() && FAULTS.contains(-result) && transferred >= 0 && transferred <= length) {
            walk.tally().count(OperationCounts.Kind.FAILED);
            return transferred;
        }
        throw new AssertionError("failure that is not allowed: " + result + " after " + transferred + " bytes");
    }
}

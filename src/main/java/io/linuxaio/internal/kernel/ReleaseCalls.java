package io.linuxaio.internal.kernel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * System calls that give something back to the kernel, and that must be made even if the heap is full.
 *
 * <p>The JVM allocates a little for each call. An {@link OutOfMemoryError} is thrown before the call is made, so that the
 * call is repeated, with exponential back-off, until there is memory for it or some time is over. A reserve, which the process
 * keeps for these calls, is freed at the first error.
 */
public final class ReleaseCalls {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The size of the reserve in bytes: more than a call takes. */
    private static final int RESERVE = 4096;

    private static volatile byte[] reserve = new byte[RESERVE];

    /** The call. Not a function, which would have to be allocated. */
    private enum Call {
        CLOSE,
        UNLINK,
        DESTROY
    }

    private ReleaseCalls() {}

    /**
     * Closes a descriptor.
     *
     * @return 0 or -errno; the descriptor is closed in either case
     * @throws OutOfMemoryError if there is no memory for the call for two seconds; the descriptor is open
     */
    public static int close(Kernel kernel, int descriptor) {
        return repeat(Call.CLOSE, kernel, descriptor, null);
    }

    /**
     * Deletes a file.
     *
     * @return 0 or -errno
     * @throws OutOfMemoryError if there is no memory for the call for two seconds; the file is there
     */
    public static int unlink(Kernel kernel, byte[] path) {
        return repeat(Call.UNLINK, kernel, 0, path);
    }

    /**
     * Destroys a context.
     *
     * @return 0 or -errno
     * @throws OutOfMemoryError if there is no memory for the call for two seconds; the context exists
     */
    public static int destroy(Kernel kernel, long context) {
        return repeat(Call.DESTROY, kernel, context, null);
    }

    /** Frees the memory that is kept for these calls. The next of them reserves it again. */
    public static void freeReserve() {
        reserve = null;
    }

    private static void restoreReserve() {
        if (reserve == null) {
            try {
                reserve = new byte[RESERVE];
            } catch (OutOfMemoryError e) {
                // The next call tries again.
            }
        }
    }

    private static int repeat(Call call, Kernel kernel, long handle, byte[] path) {
        // Before the call, whose answer nothing may cost.
        restoreReserve();
        long start = System.nanoTime();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            try {
                return make(call, kernel, handle, path);
            } catch (OutOfMemoryError e) {
                freeReserve();
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw e;
                }
            }
            pause(pause);
            pause *= 2;
        }
    }

    private static int make(Call call, Kernel kernel, long handle, byte[] path) {
        // Not a switch, whose table is a class of its own: it would be loaded when there is no memory.
        if (call == Call.CLOSE) {
            return kernel.close((int) handle);
        } else if (call == Call.DESTROY) {
            return kernel.destroy(handle);
        }
        return kernel.unlink(path);
    }

    // Each try makes the JVM collect garbage: other threads need time to free memory.
    private static void pause(long nanos) {
        try {
            LockSupport.parkNanos(nanos);
        } catch (OutOfMemoryError e) {
            // A virtual thread allocates to park.
            Thread.onSpinWait();
        }
    }
}

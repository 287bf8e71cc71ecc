package io.linuxaio.internal.kernel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * System calls that give something back to the kernel, and that must be made even if the heap is full.
 *
 * <p>The JVM allocates a little for each call. An {@link OutOfMemoryError} is thrown before the call is made, so that the
 * call is repeated, with exponential back-off, until there is memory for it or some time is over. The loops are written out,
 * since a parameter that makes the call would have to be allocated.
 */
public final class ReleaseCalls {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private ReleaseCalls() {}

    /**
     * Closes a descriptor.
     *
     * @return 0 or -errno; the descriptor is closed in either case
     * @throws OutOfMemoryError if there is no memory for the call for two seconds; the descriptor is open
     */
    public static int close(Kernel kernel, int descriptor) {
        long start = System.nanoTime();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            try {
                return kernel.close(descriptor);
            } catch (OutOfMemoryError e) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw e;
                }
            }
            pause(pause);
            pause *= 2;
        }
    }

    /**
     * Deletes a file.
     *
     * @return 0 or -errno
     * @throws OutOfMemoryError if there is no memory for the call for two seconds; the file is there
     */
    public static int unlink(Kernel kernel, byte[] path) {
        long start = System.nanoTime();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            try {
                return kernel.unlink(path);
            } catch (OutOfMemoryError e) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw e;
                }
            }
            pause(pause);
            pause *= 2;
        }
    }

    /**
     * Destroys a context.
     *
     * @return 0 or -errno
     * @throws OutOfMemoryError if there is no memory for the call for two seconds; the context exists
     */
    public static int destroy(Kernel kernel, long context) {
        long start = System.nanoTime();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            try {
                return kernel.destroy(context);
            } catch (OutOfMemoryError e) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw e;
                }
            }
            pause(pause);
            pause *= 2;
        }
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

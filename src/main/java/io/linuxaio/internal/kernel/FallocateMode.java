package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;

/** The modes of {@code fallocate(2)}. */
public final class FallocateMode {
    /** Reserves space and extends the file to its end. */
    public static final int EXTEND = 0;

    /** Reserves space without changing the length of the file. */
    public static final int KEEP_SIZE = Abi.FALLOC_FL_KEEP_SIZE();

    /** Releases space without changing the length of the file, as this mode requires. */
    public static final int PUNCH_HOLE = Abi.FALLOC_FL_PUNCH_HOLE() | KEEP_SIZE;

    /** Reserves space that reads as zeros, and extends the file to its end. */
    public static final int ZERO_RANGE = Abi.FALLOC_FL_ZERO_RANGE();

    private FallocateMode() {}
}

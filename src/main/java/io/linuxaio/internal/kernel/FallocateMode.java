package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;

/** The modes of {@code fallocate(2)}. */
public final class FallocateMode {
    /** Reserves space and extends the file to its end. */
    public static final int EXTEND = 0;

    /** Reserves space without changing the length of the file. */
    public static final int KEEP_SIZE = Abi.FALLOC_FL_KEEP_SIZE();

    private FallocateMode() {}
}

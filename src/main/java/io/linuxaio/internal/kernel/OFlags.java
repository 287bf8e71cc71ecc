package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;

/** The flags of {@code open(2)}, including those that differ between architectures. */
public final class OFlags {
    public static final int READ_ONLY = Abi.O_RDONLY();
    public static final int WRITE_ONLY = Abi.O_WRONLY();
    public static final int READ_WRITE = Abi.O_RDWR();
    public static final int CREATE = Abi.O_CREAT();
    public static final int EXCLUSIVE = Abi.O_EXCL();
    public static final int APPEND = Abi.O_APPEND();
    public static final int NONBLOCK = Abi.O_NONBLOCK();
    public static final int DSYNC = Abi.O_DSYNC();
    public static final int SYNC = Abi.O_SYNC();
    public static final int CLOSE_ON_EXEC = Abi.O_CLOEXEC();
    public static final int DIRECT = Architecture.current().oDirect();
    public static final int NO_FOLLOW = Architecture.current().oNofollow();

    /** {@code O_PATH}: a descriptor that refers to the file but can neither read nor write it. */
    public static final int PATH_ONLY = 0x200000;

    private OFlags() {}

    /** Sets or clears {@code O_DIRECT} of an open descriptor. Returns 0 or -errno. */
    public static int setDirect(Kernel kernel, int descriptor, boolean direct) {
        int flags = kernel.fcntl(descriptor, Abi.F_GETFL(), 0);
        return flags < 0 ? flags : kernel.fcntl(descriptor, Abi.F_SETFL(), direct ? flags | DIRECT : flags & ~DIRECT);
    }

    /** Clears {@code O_NONBLOCK} of an open descriptor. Returns 0 or -errno. */
    public static int clearNonblock(Kernel kernel, int descriptor) {
        int flags = kernel.fcntl(descriptor, Abi.F_GETFL(), 0);
        return flags < 0 ? flags : kernel.fcntl(descriptor, Abi.F_SETFL(), flags & ~NONBLOCK);
    }
}

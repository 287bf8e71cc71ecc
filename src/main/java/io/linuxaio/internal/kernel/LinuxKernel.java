package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The system calls on files, which both back ends share. */
abstract class LinuxKernel implements Kernel {
    private static final MemorySegment EMPTY_PATH = Arena.ofAuto().allocate(1);

    /** {@code AT_FDCWD} of linux/fcntl.h: paths are relative to the working directory. */
    private static final long WORKING_DIRECTORY = -100;

    private final RawSyscalls calls;

    LinuxKernel(RawSyscalls calls) {
        this.calls = calls;
    }

    /** Makes a system call. Repeats it while signals interrupt it, if the call is repeatable. */
    final long call(SyscallNumber call, long a, long b, long c, long d, long e) {
        long result = calls.call(call, a, b, c, d, e);
        return result == -Errno.EINTR && call.isRepeatable()
                ? Restart.untilDone(() -> calls.call(call, a, b, c, d, e))
                : result;
    }

    @Override
    public long eventRing(long context) {
        return context;
    }

    @Override
    public int open(byte[] path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(
                    SyscallNumber.OPENAT,
                    WORKING_DIRECTORY,
                    cString(arena, path).address(),
                    flags,
                    mode,
                    0);
        }
    }

    @Override
    public int close(int descriptor) {
        return (int) call(SyscallNumber.CLOSE, descriptor, 0, 0, 0, 0);
    }

    @Override
    public int statx(int descriptor, int mask, long statx) {
        int result =
                (int) call(SyscallNumber.STATX, descriptor, EMPTY_PATH.address(), Abi.AT_EMPTY_PATH(), mask, statx);
        // Old seccomp profiles do not know the call and return either error.
        return result == -Errno.ENOSYS || result == -Errno.EPERM ? fstat(descriptor, statx, result) : result;
    }

    /** Fills in the fields of {@code fstat(2)}, without alignments. Returns the given error if that call fails too. */
    private int fstat(int descriptor, long statx, int error) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(Fstat.BYTES, Long.BYTES);
            if (call(SyscallNumber.FSTAT, descriptor, stat.address(), 0, 0, 0) < 0) {
                return error;
            }
            Fstat.toStatx(Architecture.current(), stat.asByteBuffer().order(ByteOrder.nativeOrder()), statx(statx));
            return 0;
        }
    }

    // The caller's memory, which has the size that Kernel requires.
    @SuppressWarnings("restricted")
    private static ByteBuffer statx(long address) {
        return MemorySegment.ofAddress(address)
                .reinterpret(Statx.STATX_BYTES)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    @Override
    public int fallocate(int descriptor, int mode, long offset, long length) {
        return (int) call(SyscallNumber.FALLOCATE, descriptor, mode, offset, length, 0);
    }

    @Override
    public int ftruncate(int descriptor, long length) {
        return (int) call(SyscallNumber.FTRUNCATE, descriptor, length, 0, 0, 0);
    }

    @Override
    public int fsync(int descriptor) {
        return (int) call(SyscallNumber.FSYNC, descriptor, 0, 0, 0, 0);
    }

    @Override
    public int fdatasync(int descriptor) {
        return (int) call(SyscallNumber.FDATASYNC, descriptor, 0, 0, 0, 0);
    }

    @Override
    public int flock(int descriptor, int operation) {
        return (int) call(SyscallNumber.FLOCK, descriptor, operation, 0, 0, 0);
    }

    @Override
    public int reflink(int target, int source) {
        return (int) call(SyscallNumber.IOCTL, target, Architecture.current().ficlone(), source, 0, 0);
    }

    @Override
    public int fadvise(int descriptor, long offset, long length, int advice) {
        return (int) call(SyscallNumber.FADVISE64, descriptor, offset, length, advice, 0);
    }

    @Override
    public int fcntl(int descriptor, int command, int argument) {
        return (int) call(SyscallNumber.FCNTL, descriptor, command, argument, 0, 0);
    }

    @Override
    public long lseek(int descriptor, long offset, int whence) {
        return call(SyscallNumber.LSEEK, descriptor, offset, whence, 0, 0);
    }

    @Override
    public int unlink(byte[] path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(
                    SyscallNumber.UNLINKAT,
                    WORKING_DIRECTORY,
                    cString(arena, path).address(),
                    0,
                    0,
                    0);
        }
    }

    @Override
    public int rename(byte[] from, byte[] to) {
        try (Arena arena = Arena.ofConfined()) {
            // renameat(2) does not exist on each architecture.
            return (int) call(
                    SyscallNumber.RENAMEAT2,
                    WORKING_DIRECTORY,
                    cString(arena, from).address(),
                    WORKING_DIRECTORY,
                    cString(arena, to).address(),
                    0);
        }
    }

    @Override
    public int fchown(int descriptor, int owner, int group) {
        return (int) call(SyscallNumber.FCHOWN, descriptor, owner, group, 0, 0);
    }

    @Override
    public int fchmod(int descriptor, int mode) {
        return (int) call(SyscallNumber.FCHMOD, descriptor, mode, 0, 0, 0);
    }

    @Override
    public int getxattr(byte[] path, byte[] name, long value, long size) {
        try (Arena arena = Arena.ofConfined()) {
            long file = cString(arena, path).address();
            return (int) call(SyscallNumber.GETXATTR, file, cString(arena, name).address(), value, size, 0);
        }
    }

    @Override
    public int listxattr(byte[] path, long names, long size) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(SyscallNumber.LISTXATTR, cString(arena, path).address(), names, size, 0, 0);
        }
    }

    @Override
    public int fsetxattr(int descriptor, byte[] name, long value, long size) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(
                    SyscallNumber.FSETXATTR, descriptor, cString(arena, name).address(), value, size, 0);
        }
    }

    @Override
    public int fremovexattr(int descriptor, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(
                    SyscallNumber.FREMOVEXATTR, descriptor, cString(arena, name).address(), 0, 0, 0);
        }
    }

    // Rare accesses go through buffers: for access to segments, the JVM would generate code at startup, once for each
    // type.
    private static MemorySegment cString(Arena arena, byte[] path) {
        MemorySegment string = arena.allocate(path.length + 1L);
        string.asByteBuffer().put(path);
        return string;
    }

    /** Allocates a variable for a context. The kernel requires it to be zero, as memory of an arena is. */
    static MemorySegment zero(Arena arena) {
        return arena.allocate(Long.BYTES, Long.BYTES);
    }

    /** Returns a view of such a variable, in the byte order of the machine. */
    static ByteBuffer buffer(MemorySegment variable) {
        return variable.asByteBuffer().order(ByteOrder.nativeOrder());
    }
}

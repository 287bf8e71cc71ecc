package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The file calls, which go to the C library whatever way requests take. */
abstract class LinuxKernel implements Kernel {
    private static final MemorySegment EMPTY_PATH = Arena.global().allocate(1);

    @Override
    public long eventRing(long context) {
        return context;
    }

    @Override
    public int open(byte[] path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = cString(arena, path);
            MemorySegment errno = ErrnoCapture.take();
            return answer((int) Libc.Open.HANDLE.invokeExact(errno, name, flags, mode), errno);
        } catch (Throwable e) {
            throw broken("open", e);
        }
    }

    @Override
    public int close(int descriptor) {
        MemorySegment errno = ErrnoCapture.take();
        try {
            return answer((int) Libc.Close.HANDLE.invokeExact(errno, descriptor), errno);
        } catch (Throwable e) {
            throw broken("close", e);
        }
    }

    @Override
    public int statx(int descriptor, int mask, long statx) {
        MemorySegment errno = ErrnoCapture.take();
        try {
            return answer(
                    (int) Libc.Statx.HANDLE.invokeExact(
                            errno, descriptor, EMPTY_PATH, Abi.AT_EMPTY_PATH(), mask, statx),
                    errno);
        } catch (Throwable e) {
            throw broken("statx", e);
        }
    }

    @Override
    public int fallocate(int descriptor, int mode, long offset, long length) {
        MemorySegment errno = ErrnoCapture.take();
        try {
            return answer((int) Libc.Fallocate.HANDLE.invokeExact(errno, descriptor, mode, offset, length), errno);
        } catch (Throwable e) {
            throw broken("fallocate", e);
        }
    }

    @Override
    public int ftruncate(int descriptor, long length) {
        MemorySegment errno = ErrnoCapture.take();
        try {
            return answer((int) Libc.Ftruncate.HANDLE.invokeExact(errno, descriptor, length), errno);
        } catch (Throwable e) {
            throw broken("ftruncate", e);
        }
    }

    @Override
    public int fcntl(int descriptor, int command, int argument) {
        MemorySegment errno = ErrnoCapture.take();
        try {
            return answer((int) Libc.Fcntl.HANDLE.invokeExact(errno, descriptor, command, argument), errno);
        } catch (Throwable e) {
            throw broken("fcntl", e);
        }
    }

    @Override
    public long lseek(int descriptor, long offset, int whence) {
        MemorySegment errno = ErrnoCapture.take();
        try {
            return ErrnoCapture.answer((long) Libc.Lseek.HANDLE.invokeExact(errno, descriptor, offset, whence), errno);
        } catch (Throwable e) {
            throw broken("lseek", e);
        }
    }

    @Override
    public int unlink(byte[] path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = cString(arena, path);
            MemorySegment errno = ErrnoCapture.take();
            return answer((int) Libc.Unlink.HANDLE.invokeExact(errno, name), errno);
        } catch (Throwable e) {
            throw broken("unlink", e);
        }
    }

    private static int answer(int returned, MemorySegment errno) {
        return (int) ErrnoCapture.answer(returned, errno);
    }

    private static MemorySegment cString(Arena arena, byte[] path) {
        MemorySegment string = arena.allocate(path.length + 1L);
        MemorySegment.copy(MemorySegment.ofArray(path), 0, string, 0, path.length);
        return string;
    }

    /** A handle that throws was linked wrongly, or native access is denied: no errno says so. */
    static RuntimeException broken(String call, Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("the call of " + call + " failed in the VM", cause);
    }
}

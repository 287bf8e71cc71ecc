package io.linuxaio.testing;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Functions of the C library that only tests call. Each throws if the call fails. */
public final class Libc {
    /** No access at all, for {@link #mapPages} and {@link #protect}. */
    public static final int PROT_NONE = 0;

    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;

    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int O_PATH = 0x200000;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final short POLLIN = 1;
    private static final int PATIENCE_MILLIS = 20_000;

    private static final MethodHandle MMAP =
            link("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MPROTECT = link("mprotect", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle MUNMAP = link("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle DUP3 = link("dup3", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle EVENTFD = link("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = link("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle POLL = link("poll", JAVA_INT, ValueLayout.ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle READ = link("read", JAVA_LONG, JAVA_INT, ValueLayout.ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = link("write", JAVA_LONG, JAVA_INT, ValueLayout.ADDRESS, JAVA_LONG);

    private Libc() {}

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    /** Maps anonymous memory with the given protection. */
    @SuppressWarnings("restricted")
    public static MemorySegment mapPages(long bytes, int protection) {
        try {
            long address = (long) MMAP.invokeExact(0L, bytes, protection, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            return MemorySegment.ofAddress(require("mmap", address)).reinterpret(bytes);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Changes the protection of mapped memory. */
    public static void protect(MemorySegment pages, int protection) {
        try {
            require("mprotect", (int) MPROTECT.invokeExact(pages.address(), pages.byteSize(), protection));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Unmaps memory. */
    public static void unmap(MemorySegment pages) {
        try {
            require("munmap", (int) MUNMAP.invokeExact(pages.address(), pages.byteSize()));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Redirects a descriptor to the file of another one, as dup2(2). */
    public static void replaceDescriptor(int number, int by) {
        try {
            require("dup3", (int) DUP3.invokeExact(by, number, EFD_CLOEXEC));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Opens a descriptor with {@code O_PATH}, which can neither read nor write. */
    public static int pathOnly() {
        return O_PATH;
    }

    /** Creates an eventfd whose counter is zero. */
    public static int eventfd() {
        try {
            return (int) require("eventfd", (int) EVENTFD.invokeExact(0, EFD_CLOEXEC));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Waits until a descriptor is readable, and returns the first one that is. Throws after 20 s. */
    public static int awaitReadable(int... descriptors) {
        try (Arena arena = Arena.ofConfined()) {
            // struct pollfd: int fd, short events, short revents
            MemorySegment polled = arena.allocate(JAVA_LONG, descriptors.length);
            for (int i = 0; i < descriptors.length; i++) {
                polled.setAtIndex(JAVA_INT, 2L * i, descriptors[i]);
                polled.setAtIndex(JAVA_SHORT, 4L * i + 2, POLLIN);
            }
            require("poll", (int) POLL.invokeExact(polled, (long) descriptors.length, PATIENCE_MILLIS));
            for (int i = 0; i < descriptors.length; i++) {
                if (polled.getAtIndex(JAVA_SHORT, 4L * i + 3) != 0) {
                    return descriptors[i];
                }
            }
            throw new AssertionError("nothing to read within " + PATIENCE_MILLIS + " ms");
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Closes a descriptor. */
    public static void close(int descriptor) {
        try {
            require("close", (int) CLOSE.invokeExact(descriptor));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Reads up to the size of the segment; waits for the first byte. */
    public static long read(int descriptor, MemorySegment target) {
        try {
            return require("read", (long) READ.invokeExact(descriptor, target, target.byteSize()));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Writes a segment. */
    public static long write(int descriptor, MemorySegment source) {
        try {
            return require("write", (long) WRITE.invokeExact(descriptor, source, source.byteSize()));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static long require(String call, long answer) {
        if (answer == -1) {
            throw new AssertionError(call + " failed");
        }
        return answer;
    }

    private static RuntimeException broken(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(thrown);
    }
}

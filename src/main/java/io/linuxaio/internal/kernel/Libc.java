package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Method handles for the C library's functions that report errors through {@code errno}.
 *
 * <p>Each handle takes the memory for {@code errno} first. Each stands in a class of its own, since linking one costs
 * milliseconds and a program seldom needs all of them.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();

    private Libc() {}

    // Linking by name into the C library is what this class is for; the names and types are those of the man pages.
    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        List<Linker.Option> all = new ArrayList<>(List.of(options));
        all.add(ErrnoCapture.OPTION);
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), descriptor, all.toArray(Linker.Option[]::new));
    }

    private static FunctionDescriptor answersInt(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_INT, arguments);
    }

    private static FunctionDescriptor answersLong(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_LONG, arguments);
    }

    /** {@code int open(const char *path, int flags, ...)}. */
    static final class Open {
        static final MethodHandle HANDLE =
                link("open", answersInt(ADDRESS, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));

        private Open() {}
    }

    /** {@code int close(int fd)}. */
    static final class Close {
        static final MethodHandle HANDLE = link("close", answersInt(JAVA_INT));

        private Close() {}
    }

    /** {@code int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *buf)}. */
    static final class Statx {
        static final MethodHandle HANDLE = link("statx", answersInt(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG));

        private Statx() {}
    }

    /** {@code int fallocate(int fd, int mode, off_t offset, off_t len)}. */
    static final class Fallocate {
        static final MethodHandle HANDLE = link("fallocate", answersInt(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));

        private Fallocate() {}
    }

    /** {@code int ftruncate(int fd, off_t length)}. */
    static final class Ftruncate {
        static final MethodHandle HANDLE = link("ftruncate", answersInt(JAVA_INT, JAVA_LONG));

        private Ftruncate() {}
    }

    /** {@code int fcntl(int fd, int cmd, ...)}. */
    static final class Fcntl {
        static final MethodHandle HANDLE =
                link("fcntl", answersInt(JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));

        private Fcntl() {}
    }

    /** {@code off_t lseek(int fd, off_t offset, int whence)}. */
    static final class Lseek {
        static final MethodHandle HANDLE = link("lseek", answersLong(JAVA_INT, JAVA_LONG, JAVA_INT));

        private Lseek() {}
    }

    /** {@code int unlink(const char *path)}. */
    static final class Unlink {
        static final MethodHandle HANDLE = link("unlink", answersInt(ADDRESS));

        private Unlink() {}
    }

    /** {@code long syscall(long number, ...)} with five arguments, as many as {@code io_getevents} takes. */
    static final class Syscall {
        static final MethodHandle HANDLE = link(
                "syscall",
                answersLong(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));

        private Syscall() {}
    }
}

package io.linuxaio.testing;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The forced shutdown of a mounted ext4 or xfs, as after an internal error: all operations fail until it is mounted
 * again. Requires root.
 */
public enum Shutdown {
    /** Flushes the log to the disk first. */
    WITH_LOG(1),
    /** Discards the part of the log that is not on the disk. */
    WITHOUT_LOG(2);

    /** {@code EXT4_IOC_SHUTDOWN} and {@code XFS_IOC_GOINGDOWN}: {@code _IOR('X', 125, __u32)}. */
    private static final long REQUEST = 0x8004587dL;

    private final int flag;

    Shutdown(int flag) {
        this.flag = flag;
    }

    /** Shuts down the filesystem at a mount point. */
    @SuppressWarnings("restricted")
    public void of(Path mountPoint) throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle open = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("open"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        MethodHandle ioctl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                Linker.Option.firstVariadicArg(2));
        MethodHandle close = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocate(JAVA_INT);
            argument.set(JAVA_INT, 0, flag);
            int descriptor = (int) open.invokeExact(arena.allocateFrom(mountPoint.toString()), 0);
            int answer = (int) ioctl.invokeExact(descriptor, REQUEST, argument);
            int closed = (int) close.invokeExact(descriptor);
            if (descriptor < 0 || answer < 0 || closed < 0) {
                throw new IOException("could not shut down " + mountPoint);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }
}

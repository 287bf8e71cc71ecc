package io.linuxaio.hostile;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An address space without room ({@code RLIMIT_AS}): {@code malloc}, {@code mmap} and io_setup(2) refuse requests from some
 * size on. Smaller ones succeed, since the JVM aborts without them.
 *
 * <p>For a process whose {@code malloc} has one arena ({@code MALLOC_ARENA_MAX=1}): others would keep a reserve.
 */
final class FullAddressSpace implements MemoryPressure {
    private static final int RLIMIT_AS = 9;
    private static final long UNLIMITED = -1;
    private static final long LARGEST = 1 << 20;
    private static final long PAGE = 4096;

    private static final MethodHandle SETRLIMIT = link("setrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle MALLOC = link("malloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE = link("free", FunctionDescriptor.ofVoid(JAVA_LONG));

    private final MemorySegment limits = Arena.global().allocate(2 * JAVA_LONG.byteSize());
    private final long[] chunks = new long[100_000];
    private final long smallest;
    private int count;

    /** @param smallest the size in bytes from which on allocations fail */
    FullAddressSpace(long smallest) {
        this.smallest = smallest;
        // Links and loads all of it while there is memory.
        begin(0);
        end();
    }

    @SuppressWarnings("restricted") // Functions of libc, with the types that they have.
    private static MethodHandle link(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    @Override
    public void begin(int left) {
        limit(mapped());
        for (long size = LARGEST; size >= smallest; size /= 2) {
            fill(size);
        }
        for (int i = 0; i < left && count > 0; i++) {
            freeLast();
        }
    }

    private void fill(long size) {
        long address;
        while (count < chunks.length && (address = allocate(size)) != 0) {
            chunks[count] = address;
            count++;
        }
    }

    @Override
    public void end() {
        limit(UNLIMITED);
        while (count > 0) {
            freeLast();
        }
    }

    private static long mapped() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[0]) * PAGE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void limit(long bytes) {
        limits.setAtIndex(JAVA_LONG, 0, bytes);
        limits.setAtIndex(JAVA_LONG, 1, UNLIMITED);
        try {
            if ((int) SETRLIMIT.invokeExact(RLIMIT_AS, limits) != 0) {
                throw new AssertionError("setrlimit failed");
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static long allocate(long size) {
        try {
            return (long) MALLOC.invokeExact(size);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private void freeLast() {
        count--;
        try {
            FREE.invokeExact(chunks[count]);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}

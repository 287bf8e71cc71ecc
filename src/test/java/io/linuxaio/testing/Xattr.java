package io.linuxaio.testing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The extended attributes of files by path, in all namespaces; the JDK supports only a part of them. */
public final class Xattr {
    private static final int LARGEST = 1 << 16;
    private static final MethodHandle SET = link(
            "setxattr", JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle GET =
            link("getxattr", JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, JAVA_LONG);

    private Xattr() {}

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    /** Sets an attribute, or skips the test if the filesystem or the process's privileges do not allow it. */
    public static void set(Path file, String name, byte[] value) {
        int answer;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(1, value.length));
            bytes.asByteBuffer().put(value);
            answer = (int) SET.invokeExact(
                    arena.allocateFrom(file.toString()), arena.allocateFrom(name), bytes, (long) value.length, 0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        Assumptions.assumeTrue(answer == 0, "cannot set " + name + " of " + file);
    }

    /** Returns an attribute's value, or empty if the file does not have it. */
    public static Optional<byte[]> get(Path file, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(LARGEST);
            long length = (long) GET.invokeExact(
                    arena.allocateFrom(file.toString()), arena.allocateFrom(name), bytes, (long) LARGEST);
            return length < 0
                    ? Optional.empty()
                    : Optional.of(bytes.asSlice(0, length).toArray(JAVA_BYTE));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}

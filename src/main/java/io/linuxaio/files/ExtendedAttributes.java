package io.linuxaio.files;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.PathBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The extended attributes of an open file (xattr(7)), in all namespaces. Not safe for use by several threads.
 *
 * <p>Names are bytes; their strings have one character for each byte. Methods return a value of at least 0, or -errno.
 */
final class ExtendedAttributes {
    /** {@code XATTR_SIZE_MAX} and {@code XATTR_LIST_MAX} of linux/limits.h. */
    private static final int MAX_BYTES = 1 << 16;

    private final Kernel kernel;
    private final int descriptor;

    /** The file's path through its descriptor: fgetxattr(2) refuses one that was opened with {@code O_PATH}. */
    private final byte[] path;

    ExtendedAttributes(Kernel kernel, int descriptor) {
        this.kernel = kernel;
        this.descriptor = descriptor;
        path = PathBytes.of(FileAttributes.path(descriptor));
    }

    /** Returns all attributes that this process can read, in the order of the kernel. */
    Map<String, byte[]> all() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(MAX_BYTES);
            int length = kernel.listxattr(path, memory.address(), MAX_BYTES);
            for (String name : length > 0 ? names(memory, length) : List.<String>of()) {
                // Attributes that were removed meanwhile, or that this process may not read, are skipped.
                int size = kernel.getxattr(path, bytes(name), memory.address(), MAX_BYTES);
                if (size >= 0) {
                    all.put(name, copy(memory, size));
                }
            }
        }
        return all;
    }

    private static List<String> names(MemorySegment memory, int length) {
        String names = new String(copy(memory, length), StandardCharsets.ISO_8859_1);
        return List.of(names.split("\0"));
    }

    /** The value of an attribute, or the error if it could not be read. */
    record Value(int error, byte[] bytes) {
        /** Returns {@code true} if the file certainly does not have the attribute. */
        boolean isAbsent() {
            return error == -Errno.ENODATA || error == -Errno.EOPNOTSUPP;
        }

        /** Returns {@code true} if the attribute could be read. */
        boolean isPresent() {
            return error == 0;
        }
    }

    /** Reads one attribute. */
    Value read(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(MAX_BYTES);
            int size = kernel.getxattr(path, bytes(name), memory.address(), MAX_BYTES);
            return size < 0 ? new Value(size, null) : new Value(0, copy(memory, size));
        }
    }

    /** Sets one attribute. */
    int set(String name, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Math.max(1, value.length));
            memory.asByteBuffer().put(value);
            return kernel.fsetxattr(descriptor, bytes(name), memory.address(), value.length);
        }
    }

    /** Removes one attribute. */
    int remove(String name) {
        return kernel.fremovexattr(descriptor, bytes(name));
    }

    private static byte[] copy(MemorySegment memory, int length) {
        byte[] bytes = new byte[length];
        memory.asByteBuffer().get(bytes);
        return bytes;
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }
}

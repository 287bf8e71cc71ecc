package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** The process's memory as {@link FakeKernel} accesses it: by address, without checks. */
final class FakeMemory {
    /** Addresses below this are unmapped: null, and those computed from it. */
    private static final long LOWEST = 4096;

    private FakeMemory() {}

    // Reading what an address points to is what a kernel does.
    @SuppressWarnings("restricted")
    static MemorySegment at(long address, long length) {
        return MemorySegment.ofAddress(address).reinterpret(length);
    }

    /** Copies a value as getxattr(2) does: returns its length, and copies nothing if the memory's size is 0. */
    static int store(byte[] value, long address, long size) {
        if (value == null) {
            return -Errno.ENODATA;
        }
        if (size == 0) {
            return value.length;
        }
        if (size < value.length) {
            return -Errno.ERANGE;
        }
        MemorySegment.copy(value, 0, at(address, size), JAVA_BYTE, 0, value.length);
        return value.length;
    }

    static long total(List<FakeExtent> extents) {
        return extents.stream().mapToLong(FakeExtent::length).sum();
    }

    static boolean isMapped(List<FakeExtent> extents) {
        return extents.stream().allMatch(extent -> extent.length() == 0 || extent.address() >= LOWEST);
    }

    /** Copies at most so many bytes out of the extents. */
    static byte[] gather(List<FakeExtent> extents, long max) {
        byte[] bytes = new byte[(int) Math.min(total(extents), max)];
        int done = 0;
        for (FakeExtent extent : extents) {
            int count = (int) Math.min(extent.length(), bytes.length - done);
            MemorySegment.copy(at(extent.address(), extent.length()), JAVA_BYTE, 0, bytes, done, count);
            done += count;
        }
        return bytes;
    }

    /** Copies at most the first so many bytes into the extents. */
    static void scatter(byte[] bytes, int length, List<FakeExtent> extents) {
        int done = 0;
        for (FakeExtent extent : extents) {
            int count = (int) Math.min(extent.length(), length - done);
            MemorySegment.copy(bytes, done, at(extent.address(), extent.length()), JAVA_BYTE, 0, count);
            done += count;
        }
    }
}

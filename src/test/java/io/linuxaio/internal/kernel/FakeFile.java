package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import java.util.Arrays;

/** A file of {@link FakeKernel}: bytes, and what {@code statx} says of it. Guarded by the kernel's lock. */
public final class FakeFile {
    /** Blocks of 512 bytes, as ext4 on most disks says. */
    public static final int BLOCK = 512;

    private static final int LARGEST = 1 << 26;

    private final int mode;
    private byte[] bytes = {};
    private int size;

    private FakeFile(int mode) {
        this.mode = mode;
    }

    static FakeFile regular(int permissions) {
        return new FakeFile(Abi.S_IFREG() | permissions);
    }

    static FakeFile directory() {
        return new FakeFile(Abi.S_IFDIR() | 0755);
    }

    static FakeFile characterDevice() {
        return new FakeFile(Abi.S_IFCHR() | 0666);
    }

    boolean isRegular() {
        return (mode & Abi.S_IFMT()) == Abi.S_IFREG();
    }

    boolean isDirectory() {
        return (mode & Abi.S_IFMT()) == Abi.S_IFDIR();
    }

    int mode() {
        return mode;
    }

    int size() {
        return size;
    }

    byte[] contents() {
        return Arrays.copyOf(bytes, size);
    }

    /** Copies what there is from a position on; 0 at or past the end. */
    int read(long position, byte[] target) {
        if (position >= size) {
            return 0;
        }
        int count = (int) Math.min(target.length, size - position);
        System.arraycopy(bytes, (int) position, target, 0, count);
        return count;
    }

    /** Writes all, with zeros between the old end and the position; nothing at all changes nothing. */
    int write(long position, byte[] source) {
        if (!isRegular() || source.length == 0) {
            return source.length;
        }
        if (position + source.length > LARGEST) {
            return -Errno.EFBIG;
        }
        if (position + source.length > size) {
            resize((int) position + source.length);
        }
        System.arraycopy(source, 0, bytes, (int) position, source.length);
        return source.length;
    }

    int truncate(long length) {
        if (length > LARGEST) {
            return -Errno.EFBIG;
        }
        resize((int) length);
        return 0;
    }

    private void resize(int length) {
        if (length < size) {
            Arrays.fill(bytes, length, size, (byte) 0);
        } else if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length, 2 * bytes.length));
        }
        size = length;
    }
}

package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** A file of {@link FakeKernel}: its bytes and its {@code statx} fields. Guarded by the kernel's lock. */
public final class FakeFile {
    /** Blocks of 512 bytes, as ext4 reports on most disks. */
    public static final int BLOCK = 512;

    private static final int SET_IDS = 06000;
    private static final int LARGEST = 1 << 26;

    private static final AtomicLong INODES = new AtomicLong();

    private final long inode = INODES.incrementAndGet();
    private int mode;
    private int owner;
    private int group;
    private final Map<String, byte[]> extended = new TreeMap<>();
    private byte[] bytes = {};
    private int size;

    /** The written blocks; all others are holes. */
    private final BitSet written = new BitSet();

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

    int owner() {
        return owner;
    }

    int group() {
        return group;
    }

    /** Returns the extended attributes by name. */
    Map<String, byte[]> extended() {
        return extended;
    }

    /** Changes owner and group, each unless it is -1; a regular file then loses its set-id bits. */
    int own(int newOwner, int newGroup) {
        owner = newOwner == -1 ? owner : newOwner;
        group = newGroup == -1 ? group : newGroup;
        mode = isRegular() ? mode & ~SET_IDS : mode;
        return 0;
    }

    int permit(int permissions) {
        mode = mode & Abi.S_IFMT() | permissions & 07777;
        return 0;
    }

    long inode() {
        return inode;
    }

    int size() {
        return size;
    }

    byte[] contents() {
        return Arrays.copyOf(bytes, size);
    }

    /** Copies the bytes from a position on; returns 0 at or past the end. */
    int read(long position, byte[] target) {
        if (position >= size) {
            return 0;
        }
        int count = (int) Math.min(target.length, size - position);
        System.arraycopy(bytes, (int) position, target, 0, count);
        return count;
    }

    /** Writes all bytes, with zeros between the old end and the position; an empty write changes nothing. */
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
        written.set((int) position / BLOCK, blocks((int) position + source.length));
        return source.length;
    }

    /** Returns the start of the next data, or -ENXIO. */
    long nextData(long from) {
        int block = isWithin(from) ? written.nextSetBit((int) from / BLOCK) : -1;
        return block < 0 ? -Errno.ENXIO : Math.max(from, (long) block * BLOCK);
    }

    /** Returns the start of the next hole, which is the end of the file if there is no other; or -ENXIO. */
    long nextHole(long from) {
        return isWithin(from)
                ? Math.min(size, Math.max(from, (long) written.nextClearBit((int) from / BLOCK) * BLOCK))
                : -Errno.ENXIO;
    }

    private boolean isWithin(long position) {
        return position >= 0 && position < size;
    }

    private static int blocks(int length) {
        return (length + BLOCK - 1) / BLOCK;
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
            written.clear(blocks(length), Math.max(blocks(length), written.length()));
        } else if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length, 2 * bytes.length));
        }
        size = length;
    }
}

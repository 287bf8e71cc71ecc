package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.Statx;

/**
 * The identity of an open file: its device and inode, or the device number alone for a block device, of which several
 * nodes may exist.
 *
 * @param blockDevice {@code true} for a block device
 * @param major the major device number
 * @param minor the minor device number
 * @param inode the inode number; 0 for a block device
 */
public record FileKey(boolean blockDevice, int major, int minor, long inode) {
    /** Returns the identity of a file with these attributes. */
    static FileKey of(Statx status) {
        boolean blockDevice = status.isBlockDevice();
        return new FileKey(
                blockDevice, status.device().major(), status.device().minor(), blockDevice ? 0 : status.inode());
    }

    /** Returns the numbers, in the manner of {@code BasicFileAttributes.fileKey}. */
    @Override
    public String toString() {
        return blockDevice
                ? "(rdev=" + major + ':' + minor + ')'
                : "(dev=" + major + ':' + minor + ",ino=" + Long.toUnsignedString(inode) + ')';
    }
}

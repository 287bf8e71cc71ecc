package io.linuxaio.flashkv.store;

/**
 * The layout of a snapshot. Integers are big-endian.
 *
 * <p>Header: magic (8 bytes), version (4), CRC-32C of the position (4), position in the log from which mutations follow the
 * snapshot (8). Blocks follow: length of the mutations in bytes (4), number of entries (4), CRC-32C of these eight bytes and
 * the mutations (4), mutations. A block of length 0 is the end; its number is that of all blocks before it.
 */
final class SnapshotFormat {
    static final long MAGIC = 0x464c_4153_484b_5653L; // "FLASHKVS"
    static final int VERSION = 1;
    static final int HEADER = 24;
    static final int BLOCK_HEADER = 12;
    /** The length of mutations at which a block ends. */
    static final int BLOCK = 256 << 10;

    private SnapshotFormat() {}
}

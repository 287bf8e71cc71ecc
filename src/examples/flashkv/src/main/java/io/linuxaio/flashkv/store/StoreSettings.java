package io.linuxaio.flashkv.store;

import io.linuxaio.log.LogDurability;
import java.nio.file.Path;

/**
 * Settings of a store.
 *
 * @param directory where everything is
 * @param durability when a write is acknowledged
 * @param maxRequest the maximum size of a request and of a value, in bytes
 * @param segmentSize the length of a file of the log, in bytes
 * @param snapshotAfter the length of the log at which a snapshot is written, in bytes
 * @param snapshotRate the rate at which it is written, in bytes a second
 * @param truncateAt the position of a damage of the log from which on records are given up; -1 for none
 * @param truncateSnapshotAt the offset of a damage of the snapshot from which on entries are given up; -1 for none
 */
public record StoreSettings(
        Path directory,
        LogDurability durability,
        int maxRequest,
        long segmentSize,
        long snapshotAfter,
        long snapshotRate,
        long truncateAt,
        long truncateSnapshotAt) {}

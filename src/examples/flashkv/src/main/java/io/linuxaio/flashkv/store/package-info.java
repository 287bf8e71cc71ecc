/**
 * The data: keys in memory, the log, snapshots, recovery.
 *
 * <p>Writes run in batches ({@link io.linuxaio.flashkv.store.WriteQueue}): one batch, one transaction, one record of the log.
 * A batch is published when its record is durable, so that no client sees what a failure could take back.
 */
package io.linuxaio.flashkv.store;

/**
 * A durable key-value server that speaks the protocol of Redis, on virtual threads and a group-commit log.
 *
 * <p>To read it in an hour: {@link io.linuxaio.flashkv.server.Connection} (one client),
 * {@link io.linuxaio.flashkv.command.Pipeline} (its commands), {@link io.linuxaio.flashkv.store.WriteQueue} (group commit),
 * {@link io.linuxaio.flashkv.store.Transaction} (writes before they are durable),
 * {@link io.linuxaio.flashkv.store.Compactor} (snapshots).
 */
package io.linuxaio.flashkv;

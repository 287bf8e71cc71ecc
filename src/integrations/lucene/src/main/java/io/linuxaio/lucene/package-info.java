/**
 * Lucene directories on Linux AIO: {@link io.linuxaio.lucene.AioVectorDirectory}, which reads raw vectors by direct,
 * asynchronous I/O and leaves all other files to the page cache, and {@link io.linuxaio.lucene.AioDirectory}, which reads
 * all files this way.
 *
 * <p>They are for data that does not fit into memory and is read from random places that are known beforehand: an input's
 * {@code prefetch} starts the reads, which are then in flight at the same time. For data in the page cache, use
 * {@code MMapDirectory} alone.
 */
package io.linuxaio.lucene;

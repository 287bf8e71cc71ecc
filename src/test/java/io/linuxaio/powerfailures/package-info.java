/**
 * Power failures by replay of a write log: {@code scripts/power-failures} runs the main classes of this package.
 *
 * <p>{@link io.linuxaio.powerfailures.WriteRecords} writes durable records in a guest, whose emulator logs each write and
 * flush of the disk. {@link io.linuxaio.powerfailures.MakeImages} chooses power failures and makes the images that they
 * leave. {@link io.linuxaio.powerfailures.ReadRecords} reports the records in such an image after a guest has mounted it,
 * and {@link io.linuxaio.powerfailures.JudgeImages} compares them with those that were acknowledged.
 *
 * <p>Acknowledgements are in the log themselves: each record contains the number of the last record acknowledged before
 * it was submitted. If it is in the log before the power failure, that one must survive.
 *
 * <p>The log has requests in the order in which they were done, not in which they were submitted: a write beside a flush
 * counts as flushed if it was done first. A disk could lose more than these images do.
 */
package io.linuxaio.powerfailures;

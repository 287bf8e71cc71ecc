/**
 * What single layers of linux-aio cost, by JMH; with {@code -prof gc} also what they allocate. None of it measures a
 * device: operations go to a file in memory, where the kernel carries them out inside {@code io_submit}, so that
 * software is all that is left. The file is made in {@code /dev/shm}, or where {@code -Dlayers.folder=} says.
 *
 * <p>{@code java -Dname=value -jar benchmarks.jar} hands properties on to the processes that JMH starts; beside that
 * one the library's own are of use here: {@code io.linuxaio.backend}, {@code io.linuxaio.ring}, {@code
 * io.linuxaio.waiters}.
 */
package io.linuxaio.bench.layers;

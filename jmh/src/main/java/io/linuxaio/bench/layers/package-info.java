/**
 * JMH benchmarks of single layers of linux-aio; {@code -prof gc} also measures allocation. They do not measure a
 * device: operations use a file in memory, where the kernel completes them inside {@code io_submit}, so only the
 * software remains. The file is created in {@code /dev/shm}, or where {@code -Dlayers.directory=} says.
 *
 * <p>{@code java -Dname=value -jar benchmarks.jar} passes properties to the processes that JMH starts; properties of
 * the library are useful too: {@code io.linuxaio.backend}, {@code io.linuxaio.ring}, {@code io.linuxaio.waiters}.
 */
package io.linuxaio.bench.layers;

package io.linuxaio.bench;

import java.util.List;

/**
 * An I/O implementation to be measured. {@link java.util.ServiceLoader} finds it, so it has a public constructor
 * without parameters, which does nothing. Failures (native libraries, permissions) occur in {@link #open} and become a
 * row with the reason.
 */
public interface Variant {
    /** Short and unique: letters, digits and hyphens. */
    String name();

    /** One line, for {@code --list} and the table. */
    String description();

    /** Returns the way of the C program that it is compared with. */
    Policy policy();

    /**
     * Returns {@code true} if it can run this workload. The default is workloads of one submitting thread: variants with as many as the
     * workload says, by {@link SessionPerThread} or {@link Submitters}, answers otherwise.
     *
     * @return null if so, else why not: the row is left out
     */
    default String unfit(Workload workload) {
        return workload.unlessOneThread("it does not submit from several threads");
    }

    /** Flags its JVM needs beside {@code --enable-native-access=ALL-UNNAMED}. */
    default List<String> jvmFlags() {
        return List.of();
    }

    /**
     * Opens the file and whatever else is needed; nothing of this is measured.
     *
     * @return closed by the caller
     * @throws Exception whatever goes wrong
     */
    Session open(Workload workload) throws Exception;
}

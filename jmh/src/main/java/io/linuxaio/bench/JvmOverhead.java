package io.linuxaio.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/** The time that this JVM has spent on compilation and garbage collection. */
final class JvmOverhead {
    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private JvmOverhead() {}

    /** Returns the time so far in nanoseconds, as exact as the JVM tells it: milliseconds. */
    static long nanos() {
        long millis = COMPILER != null && COMPILER.isCompilationTimeMonitoringSupported()
                ? COMPILER.getTotalCompilationTime()
                : 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += Math.max(0, collector.getCollectionTime());
        }
        return millis * 1_000_000;
    }
}

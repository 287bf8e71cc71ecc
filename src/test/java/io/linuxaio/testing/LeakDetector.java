package io.linuxaio.testing;

import io.linuxaio.AioContext;
import io.linuxaio.LinuxAio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** A JUnit extension that fails a test if it leaves descriptors, kernel contexts or threads of the library behind. */
public final class LeakDetector implements BeforeEachCallback, AfterEachCallback {
    private static final Namespace HERE = Namespace.create(LeakDetector.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A snapshot of descriptors, kernel contexts and threads. */
    record Reading(List<String> descriptors, int contexts, List<String> threads) {
        static Reading take() {
            return new Reading(
                    Descriptors.targets().stream().filter(LeakDetector::isOurs).toList(),
                    KernelContexts.count(),
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getClass().getName().startsWith("io.linuxaio."))
                            .map(Thread::getName)
                            .sorted()
                            .toList());
        }

        /** Returns the resources that an earlier snapshot did not have. */
        List<String> beyond(Reading before) {
            List<String> more = new ArrayList<>(less(descriptors, before.descriptors));
            more.addAll(less(threads, before.threads));
            if (contexts > before.contexts) {
                more.add((contexts - before.contexts) + " kernel contexts");
            }
            return more;
        }

        private static List<String> less(List<String> now, List<String> before) {
            List<String> rest = new ArrayList<>(now);
            before.forEach(rest::remove);
            return rest;
        }
    }

    // The JVM opens jars, its own libraries and random devices at any time.
    private static boolean isOurs(String descriptor) {
        return descriptor.equals("/dev/null")
                || descriptor.startsWith(TargetDirectory.path() + "/")
                || descriptor.startsWith("/dev/loop")
                || descriptor.startsWith("/dev/zero");
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (LinuxAio.isAvailable()) {
            // The shared context closes when idle: a test that uses it may leave it open.
            AioContext.shared();
        }
        context.getStore(HERE).put(context.getUniqueId(), Reading.take());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Reading before = context.getStore(HERE).get(context.getUniqueId(), Reading.class);
        check(before, PATIENCE);
    }

    static void check(Reading before, Duration patience) {
        // The kernel releases descriptors and contexts asynchronously.
        if (!Await.becomes(() -> Reading.take().beyond(before).isEmpty(), patience)) {
            throw new AssertionError("left behind: " + Reading.take().beyond(before));
        }
    }
}

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

/** After each test: no descriptor, kernel context or thread of this library is left that was not there before. */
public final class LeakDetector implements BeforeEachCallback, AfterEachCallback {
    private static final Namespace HERE = Namespace.create(LeakDetector.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What there is at one moment. */
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

        /** What is here that was not in an earlier reading; empty if nothing. */
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

    // The JVM opens jars, its own libraries and devices of chance whenever it likes.
    private static boolean isOurs(String descriptor) {
        return descriptor.equals("/dev/null")
                || descriptor.startsWith(TargetDirectory.path() + "/")
                || descriptor.startsWith("/dev/loop")
                || descriptor.startsWith("/dev/zero");
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (LinuxAio.isAvailable()) {
            // It ends by itself when it is idle: a test that needs it again leaves it open without a leak.
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
        // The kernel gives a descriptor and a context back in its own time.
        if (!Await.becomes(() -> Reading.take().beyond(before).isEmpty(), patience)) {
            throw new AssertionError("left behind: " + Reading.take().beyond(before));
        }
    }
}

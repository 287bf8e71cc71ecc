package io.linuxaio.hostile;

import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;

/**
 * A server that deploys an application with its own copy of the library and takes it out of service, repeatedly. An
 * uncollected class loader or a thread that does not end gives an exit code other than 0.
 */
final class Redeployments {
    private static final int ROUNDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private Redeployments() {}

    /** @param args a directory, and the recording by Java Flight Recorder: {@code no}, {@code yes} or {@code later} */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        try (Recording recording = new Recording()) {
            if (args[1].equals("yes")) {
                recording.start();
            }
            for (int round = 0; round < ROUNDS; round++) {
                WeakReference<ClassLoader> loader = new WeakReference<>(deploy(directory));
                if (!Await.becomes(() -> isGone(loader), PATIENCE)) {
                    dump(directory);
                    throw new AssertionError(
                            "round " + round + ": the class loader is not collected, with " + threads());
                }
                if (args[1].equals("later") && round == ROUNDS / 2) {
                    recording.start();
                }
            }
        }
        System.out.println("collected");
    }

    /** Runs the application on a thread of its own, with its class loader as the context class loader. */
    private static ClassLoader deploy(Path directory) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(urls(), ClassLoader.getPlatformClassLoader())) {
            Runnable application = (Runnable) loader.loadClass("io.linuxaio.hostile.DeployedApplication")
                    .getConstructor(Path.class)
                    .newInstance(directory);
            Throwable[] failure = new Throwable[1];
            Thread thread = Thread.ofPlatform()
                    .group(new ThreadGroup("deployed"))
                    .priority(Thread.MIN_PRIORITY)
                    .unstarted(application);
            thread.setContextClassLoader(loader);
            thread.setUncaughtExceptionHandler((_, e) -> failure[0] = e);
            thread.start();
            thread.join();
            if (failure[0] != null) {
                throw new AssertionError(failure[0]);
            }
            return loader;
        }
    }

    private static URL[] urls() throws MalformedURLException {
        return new URL[] {
            Path.of("target/classes").toUri().toURL(),
            Path.of("target/test-classes").toUri().toURL()
        };
    }

    private static boolean isGone(WeakReference<ClassLoader> loader) {
        System.gc();
        return loader.get() == null && threads().isEmpty();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("linux-aio") || name.startsWith("Cleaner-"))
                .toList();
    }

    /** Writes a heap dump that shows the references to the class loader. */
    private static void dump(Path directory) throws IOException {
        ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class)
                .dumpHeap(directory.resolve("redeployment.hprof").toString(), true);
    }
}

package io.linuxaio.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioQueue;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Variants without the peers' libraries: each still loads, and those that need a library report so when opened. */
class MissingPeerTest {
    @Test
    void aMissingPeerLosesOnlyItsOwnRows() throws Exception {
        Path file = Files.createTempFile(Path.of("target"), "missing", ".dat");
        Files.write(file, new byte[1 << 16]);
        try (URLClassLoader loader = withoutLibraries()) {
            TreeMap<String, String> lost = new TreeMap<>();
            List<String> opened = new ArrayList<>();
            for (Object variant : ServiceLoader.load(loader.loadClass(Variant.class.getName()), loader)) {
                String name = (String) variant.getClass().getMethod("name").invoke(variant);
                try {
                    open(loader, variant, file);
                    opened.add(name);
                } catch (UnsupportedOperationException e) {
                    lost.put(name, e.getMessage());
                }
            }
            assertThat(opened).contains("queue-one", "file-channel-threads", "async-channel-futures");
            assertThat(lost)
                    .containsOnlyKeys(
                            "artemis-futures",
                            "artemis-poll",
                            "jasyncfio-callbacks",
                            "jasyncfio-futures",
                            "jasyncfio-futures-sleeping",
                            "lwjgl-uring-batch",
                            "lwjgl-uring-one");
            assertThat(lost.values())
                    .allMatch(reason -> reason.contains("class path") || reason.contains("could not be loaded"));
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void anErrorOfTheFileIsNotAttributedToTheLibrary() {
        assertThatThrownBy(() -> Peer.open("some library", () -> {
                    throw new IOException("no such file");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no such file");
    }

    private static URLClassLoader withoutLibraries() {
        URL[] path = {
            Variant.class.getProtectionDomain().getCodeSource().getLocation(),
            AioQueue.class.getProtectionDomain().getCodeSource().getLocation()
        };
        return new URLClassLoader(path, ClassLoader.getPlatformClassLoader());
    }

    private static void open(ClassLoader loader, Object variant, Path file) throws Exception {
        Class<?> workloads = loader.loadClass(Workload.class.getName());
        Object workload = workloads
                .getMethod("parse", List.class)
                .invoke(
                        null,
                        List.of(
                                "path=" + file,
                                "size=65536",
                                "block=4096",
                                "depth=2",
                                "threads=1",
                                "operation=read",
                                "random=0",
                                "direct=1",
                                "warmup_ms=1",
                                "warmup_operations=0",
                                "window_ms=1",
                                "windows=1",
                                "seed=1"));
        Method method = variant.getClass().getMethod("open", workloads);
        try {
            ((AutoCloseable) method.invoke(variant, workload)).close();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}

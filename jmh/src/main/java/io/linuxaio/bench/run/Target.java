package io.linuxaio.bench.run;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file or a device that is ready for measurements.
 *
 * @param name disk, loop or memory
 * @param path the path of the file or device
 * @param size the size of the used part in bytes
 * @param direct whether it supports O_DIRECT
 * @param release removes the resources of the target
 */
record Target(String name, Path path, long size, boolean direct, Release release) implements AutoCloseable {
    /** An action at the end. */
    @FunctionalInterface
    interface Release {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        release.run();
    }
}

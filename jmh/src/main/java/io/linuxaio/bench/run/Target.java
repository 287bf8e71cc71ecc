package io.linuxaio.bench.run;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file or a device that is ready to be measured on.
 *
 * @param name disk, loop or memory
 * @param path of the file or device
 * @param size how much of it is used, in bytes
 * @param direct whether O_DIRECT works on it
 * @param release takes away what was made for it
 */
record Target(String name, Path path, long size, boolean direct, Release release) implements AutoCloseable {
    /** What is done in the end. */
    @FunctionalInterface
    interface Release {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        release.run();
    }
}

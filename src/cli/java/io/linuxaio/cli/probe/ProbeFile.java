package io.linuxaio.cli.probe;

import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The temporary file of a probe. Its name is removed before it is written to, so nothing is left however the process
 * exits.
 */
final class ProbeFile implements AutoCloseable {
    private final AioFile file;
    private final int blockSize;

    private ProbeFile(AioFile file) {
        this.file = file;
        blockSize = Math.max(4096, file.alignment().offset());
    }

    static ProbeFile in(Path directory) throws IOException {
        Path path = Files.createTempFile(directory, ".aio-probe", ".tmp");
        try {
            return new ProbeFile(AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } finally {
            Files.delete(path);
        }
    }

    AioFile file() {
        return file;
    }

    /** Returns the size of one write, in bytes. */
    int blockSize() {
        return blockSize;
    }

    /** Allocates space behind the end. Returns {@code false} if the filesystem does not support it. */
    boolean extend(long length) throws IOException {
        try {
            file.allocate(file.size(), length);
            return true;
        } catch (AioException e) {
            if (e.errnoName().equals("ENOSPC") || e.errnoName().equals("EDQUOT")) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

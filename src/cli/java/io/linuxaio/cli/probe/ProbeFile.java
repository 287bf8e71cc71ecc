package io.linuxaio.cli.probe;

import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file that probe tries with. It has no name any more when it is written to, so that nothing stays of it however
 * the process ends.
 */
final class ProbeFile implements AutoCloseable {
    private final AioFile file;
    private final int blockSize;

    private ProbeFile(AioFile file) {
        this.file = file;
        blockSize = Math.max(4096, file.alignment().offset());
    }

    static ProbeFile in(Path folder) throws IOException {
        Path path = Files.createTempFile(folder, ".aio-probe", ".tmp");
        try {
            return new ProbeFile(AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } finally {
            Files.delete(path);
        }
    }

    AioFile file() {
        return file;
    }

    /** What is written at once. */
    int blockSize() {
        return blockSize;
    }

    /** Reserves space behind the end; answers whether the filesystem can. */
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

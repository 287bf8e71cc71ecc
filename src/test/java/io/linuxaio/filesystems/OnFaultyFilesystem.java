package io.linuxaio.filesystems;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A file on a filesystem that holds its replies back, with the context and memory to use it. */
public abstract class OnFaultyFilesystem extends WithFaultyFilesystem {
    public static final int BLOCK = 4096;
    public static final int LENGTH = 16 * BLOCK;

    public final byte[] contents = Bytes.random(21, LENGTH);
    public AioContext aio;
    public AioArena arena;
    public AioFile file;

    @BeforeEach
    void open() throws IOException {
        Path path = faulty.file("file", contents);
        aio = AioContext.builder().queueDepth(4).open();
        arena = AioArena.ofShared();
        file = aio.open(path, READ, WRITE);
    }

    @AfterEach
    void close() throws IOException {
        faulty.release();
        aio.close();
        file.close();
        arena.closeWhenIdle();
    }

    /** Starts a read that is in flight until the filesystem is released. */
    public CompletableFuture<Integer> heldRead(MemorySegment target) {
        faulty.hold("READ");
        CompletableFuture<Integer> read = file.read(target, 0);
        faulty.awaitHeld(1);
        return read;
    }
}

package io.linuxaio;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A file on a filesystem that holds its answers back for as long as a test likes, and what it is used with. */
abstract class OnFaultyFilesystem extends WithFaultyFilesystem {
    static final int BLOCK = 4096;
    static final int LENGTH = 16 * BLOCK;

    final byte[] contents = Bytes.random(21, LENGTH);
    AioContext aio;
    AioArena arena;
    AioFile file;

    @BeforeEach
    void open() throws IOException {
        Path path = lying.file("file", contents);
        aio = AioContext.builder().queueDepth(4).open();
        arena = AioArena.ofShared();
        file = aio.open(path, READ, WRITE);
    }

    @AfterEach
    void close() throws IOException {
        lying.letGo();
        aio.close();
        file.close();
        arena.closeWhenIdle();
    }

    /** A read that is in flight until the filesystem is told to answer. */
    CompletableFuture<Integer> heldRead(MemorySegment target) {
        lying.hold("READ");
        CompletableFuture<Integer> read = file.read(target, 0);
        lying.awaitHeld(1);
        return read;
    }
}

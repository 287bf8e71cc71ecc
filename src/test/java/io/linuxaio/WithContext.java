package io.linuxaio;

import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A directory and a context, for tests of opening. */
abstract class WithContext {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.builder().queueDepth(1).open();
    }

    @AfterEach
    void close() {
        aio.close();
    }
}

package io.linuxaio;

import io.linuxaio.testing.TargetFolder;
import io.linuxaio.testing.fuse.LyingFilesystem;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a {@link LyingFilesystem} of their own, mounted once for all of a class. */
@SuppressWarnings({"exports", "missing-explicit-ctor"}) // Public for tests of other packages alone.
public abstract class WithLyingFilesystem {
    /** Where it is mounted below. */
    @TempDir(factory = TargetFolder.class)
    protected static Path folder;

    /** The filesystem. */
    protected static LyingFilesystem lying;

    @BeforeAll
    static void mount() throws IOException {
        lying = LyingFilesystem.in(folder);
    }

    @AfterAll
    static void unmount() throws IOException {
        if (lying != null) {
            lying.close();
        }
    }
}

package io.linuxaio.filesystems;

import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a {@link FaultyFilesystem} of their own, mounted once for all of a class. */
@SuppressWarnings({"exports", "missing-explicit-ctor"}) // Public for tests of other packages alone.
public abstract class WithFaultyFilesystem {
    /** Where it is mounted below. */
    @TempDir(factory = TargetDirectory.class)
    protected static Path folder;

    /** The filesystem. */
    protected static FaultyFilesystem lying;

    @BeforeAll
    static void mount() throws IOException {
        lying = FaultyFilesystem.in(folder);
    }

    @AfterAll
    static void unmount() throws IOException {
        if (lying != null) {
            lying.close();
        }
    }
}

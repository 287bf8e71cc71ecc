package io.linuxaio.filesystems;

import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The base class of tests with a {@link FaultyFilesystem}, mounted once for all tests of a class. */
@SuppressWarnings({"exports", "missing-explicit-ctor"}) // Public for tests of other packages alone.
public abstract class WithFaultyFilesystem {
    /** The directory of the mount point. */
    @TempDir(factory = TargetDirectory.class)
    protected static Path directory;

    /** The filesystem. */
    protected static FaultyFilesystem faulty;

    @BeforeAll
    static void mount() throws IOException {
        faulty = FaultyFilesystem.in(directory);
    }

    @AfterAll
    static void unmount() throws IOException {
        if (faulty != null) {
            faulty.close();
        }
    }
}

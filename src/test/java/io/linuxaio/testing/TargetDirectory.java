package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * A factory of test directories below the build directory, since the default directory for temporary files may be a
 * tmpfs. The property {@value #ROOT} names another root, to run the tests on another filesystem.
 */
public final class TargetDirectory implements TempDirFactory {
    /** The system property for the root of test directories. */
    public static final String ROOT = "io.linuxaio.test.root";

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        return create();
    }

    /** Creates a new, empty directory. */
    public static Path create() throws IOException {
        return Files.createTempDirectory(root(), "test");
    }

    /** Returns the root of all test files, which exists. */
    public static Path root() throws IOException {
        return Files.createDirectories(path());
    }

    /** Returns the path of {@link #root}, which may not exist yet. */
    static Path path() {
        String named = System.getProperty(ROOT, "");
        return (named.isEmpty() ? Path.of("target", "it-files") : Path.of(named)).toAbsolutePath();
    }
}

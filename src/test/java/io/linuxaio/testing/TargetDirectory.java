package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Puts test folders below the build folder, since what Java takes for temporary files may be a tmpfs; or below the
 * folder that {@value #ROOT} names, to run the tests on another filesystem.
 */
public final class TargetDirectory implements TempDirFactory {
    /** Names the folder below which test files are made. */
    public static final String ROOT = "io.linuxaio.test.root";

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        return create();
    }

    /** A new, empty folder. */
    public static Path create() throws IOException {
        return Files.createTempDirectory(root(), "test");
    }

    /** The folder below which all test files are. */
    public static Path root() throws IOException {
        return Files.createDirectories(path());
    }

    /** Where {@link #root} is, whether or not it is there already. */
    static Path path() {
        String named = System.getProperty(ROOT, "");
        return (named.isEmpty() ? Path.of("target", "it-files") : Path.of(named)).toAbsolutePath();
    }
}

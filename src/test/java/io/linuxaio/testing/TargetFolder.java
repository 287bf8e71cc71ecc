package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Puts test folders below the build folder: what Java takes for temporary files may be a tmpfs. */
public final class TargetFolder implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        return create();
    }

    /** A new, empty folder. */
    public static Path create() throws IOException {
        Path parent = Files.createDirectories(Path.of("target", "it-files").toAbsolutePath());
        return Files.createTempDirectory(parent, "test");
    }
}

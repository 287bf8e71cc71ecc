package io.linuxaio.internal.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Follows symbolic links by their text, also where they lead to nothing. */
public final class SymbolicLinks {
    /** As many as the kernel follows. */
    private static final int MOST = 40;

    private SymbolicLinks() {}

    /** The first path on the way that is no symbolic link; where the links go on and on, one of them. */
    public static Path end(Path path) {
        Path end = path;
        for (int i = 0; i < MOST; i++) {
            try {
                end = end.resolveSibling(Files.readSymbolicLink(end));
            } catch (IOException noLink) {
                return end;
            }
        }
        return end;
    }

    /** Returns the directory that a file is in. */
    public static Path directory(Path file) {
        return file.toAbsolutePath().getParent();
    }
}

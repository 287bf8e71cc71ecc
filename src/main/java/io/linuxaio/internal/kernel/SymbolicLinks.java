package io.linuxaio.internal.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resolution of symbolic links by their text, including dangling links. */
public final class SymbolicLinks {
    /** The number of links that the kernel follows ({@code MAXSYMLINKS}). */
    private static final int MAX_LINKS = 40;

    private SymbolicLinks() {}

    /** Follows links to the first path that is no symbolic link. Returns one of the links if they form a loop. */
    public static Path end(Path path) {
        Path end = path;
        for (int i = 0; i < MAX_LINKS; i++) {
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

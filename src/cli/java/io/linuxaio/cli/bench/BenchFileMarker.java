package io.linuxaio.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;

/**
 * The mark of files that bench has created: an extended attribute with the time of the last change by bench. A file that
 * another program has written to since has another time, so the mark is no longer valid.
 *
 * <p>If a filesystem has no extended attributes, no file is recognized.
 */
final class BenchFileMarker {
    private static final String NAME = "io.linuxaio.bench";
    private static final int MAX_LENGTH = 100;

    private BenchFileMarker() {}

    /** Marks the file as it is now. */
    static void set(Path file) {
        try {
            view(file).write(NAME, StandardCharsets.US_ASCII.encode(lastChange(file)));
        } catch (IOException | UnsupportedOperationException unmarked) {
            // The next run does not recognize the file, and requires --force.
        }
    }

    /** Returns {@code true} if bench was the last program to write to the file. */
    static boolean isOn(Path file) {
        try {
            UserDefinedFileAttributeView attributes = view(file);
            if (!attributes.list().contains(NAME)) {
                return false;
            }
            ByteBuffer mark = ByteBuffer.allocate(MAX_LENGTH);
            attributes.read(NAME, mark);
            return StandardCharsets.US_ASCII.decode(mark.flip()).toString().equals(lastChange(file));
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    private static String lastChange(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant().toString();
    }

    private static UserDefinedFileAttributeView view(Path file) {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        if (view == null) {
            throw new UnsupportedOperationException("no extended attributes");
        }
        return view;
    }
}

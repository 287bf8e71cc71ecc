package io.linuxaio.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;

/**
 * Tells the files that bench has made from those of others: by an extended attribute that holds the time of the last
 * change by bench. A file that somebody else has written to since has another time, and so is theirs.
 *
 * <p>Where a filesystem has no such attributes, no file is known as bench's.
 */
final class BenchFileMarker {
    private static final String NAME = "io.linuxaio.bench";
    private static final int LONGEST = 100;

    private BenchFileMarker() {}

    /** Marks the file as it is now. */
    static void set(Path file) {
        try {
            view(file).write(NAME, StandardCharsets.US_ASCII.encode(lastChange(file)));
        } catch (IOException | UnsupportedOperationException unmarked) {
            // Not known as bench's next time: --force is asked for then.
        }
    }

    /** Whether bench was the last to write to the file. */
    static boolean isOn(Path file) {
        try {
            UserDefinedFileAttributeView attributes = view(file);
            if (!attributes.list().contains(NAME)) {
                return false;
            }
            ByteBuffer mark = ByteBuffer.allocate(LONGEST);
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

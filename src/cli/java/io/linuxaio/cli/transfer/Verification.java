package io.linuxaio.cli.transfer;

import io.linuxaio.cli.runtime.ShutdownSignal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A comparison of a file with the bytes expected in it. */
final class Verification {
    private final ShutdownSignal stop;
    private final Progress progress;
    private final Path path;
    private final String file;
    private final boolean part;
    private final long start;
    private final long length;
    private long checked;

    /**
     * @param path the file
     * @param file its name, for messages
     * @param from the position of the first byte; -1 if it is the first of the file, which must end after the last
     * @param length the expected number of bytes
     */
    Verification(ShutdownSignal stop, Progress progress, Path path, String file, long from, long length) {
        this.stop = stop;
        this.progress = progress;
        this.path = path;
        this.file = file;
        part = from >= 0;
        start = Math.max(0, from);
        this.length = length;
    }

    /**
     * Reads the file to its end.
     *
     * @param actual the file
     * @param digests receive the contents of the file
     * @param expected the expected bytes; null to compare only the length and the digests
     * @throws MismatchException at the first difference
     */
    void run(ReadableByteChannel actual, Digests digests, ReadableByteChannel expected) throws IOException {
        ByteBuffer found = ByteBuffer.allocateDirect(TransferLoop.BUFFER_SIZE);
        ByteBuffer expectedBytes = ByteBuffer.allocateDirect(TransferLoop.BUFFER_SIZE);
        // One byte more than expected, if there is one; the length of a device is fixed.
        long end = part || hasLengthOfItsOwn() ? length : length + 1;
        while (checked < end && fill(found, actual, (int) Math.min(TransferLoop.BUFFER_SIZE, end - checked))) {
            stop.check();
            if (checked + found.remaining() > length) {
                throw new MismatchException(file + " is longer than the " + length + " bytes that were written");
            }
            digests.update(found);
            if (expected != null) {
                compare(found, expectedBytes, expected);
            }
            checked += found.remaining();
            progress.update(checked);
        }
        if (checked < length) {
            throw new MismatchException(file + " ends after " + checked + " bytes, " + length + " were written");
        }
    }

    private boolean hasLengthOfItsOwn() {
        return Files.exists(path) && !Files.isRegularFile(path);
    }

    private void compare(ByteBuffer found, ByteBuffer expectedBytes, ReadableByteChannel expected) throws IOException {
        fill(expectedBytes, expected, found.remaining());
        int difference = found.mismatch(expectedBytes);
        if (difference >= 0) {
            throw new MismatchException(
                    file + " differs from what was written, first at byte " + (start + checked + difference)
                            + (difference < expectedBytes.limit() ? "" : ", where the source now ends"));
        }
    }

    /** Reads a number of bytes, or to the end of the source. Returns {@code true} if there was any byte. */
    private static boolean fill(ByteBuffer buffer, ReadableByteChannel source, int count) throws IOException {
        buffer.clear().limit(count);
        while (buffer.hasRemaining()) {
            if (source.read(buffer) < 0) {
                break;
            }
        }
        return buffer.flip().hasRemaining();
    }

    /** Returns the number of bytes that were verified. */
    long checked() {
        return checked;
    }
}

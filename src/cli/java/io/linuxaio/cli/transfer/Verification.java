package io.linuxaio.cli.transfer;

import io.linuxaio.cli.runtime.ShutdownSignal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares what a file holds with what should be in it. */
final class Verification {
    private final ShutdownSignal stop;
    private final Progress progress;
    private final Path path;
    private final String file;
    private final long length;
    private long checked;

    /**
     * @param path the file
     * @param file its name, for messages
     * @param length how many bytes it should hold
     */
    Verification(ShutdownSignal stop, Progress progress, Path path, String file, long length) {
        this.stop = stop;
        this.progress = progress;
        this.path = path;
        this.file = file;
        this.length = length;
    }

    /**
     * Reads the file to its end.
     *
     * @param actual the file
     * @param digests take what the file holds
     * @param expected what should be in it, byte for byte; null where the length and the digests must do
     * @throws MismatchException at the first difference
     */
    void run(ReadableByteChannel actual, Digests digests, ReadableByteChannel expected) throws IOException {
        ByteBuffer found = ByteBuffer.allocateDirect(TransferLoop.BUFFER_SIZE);
        ByteBuffer wanted = ByteBuffer.allocateDirect(TransferLoop.BUFFER_SIZE);
        // One byte more than is expected, if there is one; a device has a length of its own.
        long end = hasLengthOfItsOwn() ? length : length + 1;
        while (checked < end && fill(found, actual, (int) Math.min(TransferLoop.BUFFER_SIZE, end - checked))) {
            stop.check();
            if (checked + found.remaining() > length) {
                throw new MismatchException(file + " is longer than the " + length + " bytes that were written");
            }
            digests.update(found);
            if (expected != null) {
                compare(found, wanted, expected);
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

    private void compare(ByteBuffer found, ByteBuffer wanted, ReadableByteChannel expected) throws IOException {
        fill(wanted, expected, found.remaining());
        int difference = found.mismatch(wanted);
        if (difference >= 0) {
            throw new MismatchException(file + " differs from what was written, first at byte " + (checked + difference)
                    + (difference < wanted.limit() ? "" : ", where the source now ends"));
        }
    }

    /** Reads until there are so many bytes, or the source ends. Answers whether there is any. */
    private static boolean fill(ByteBuffer buffer, ReadableByteChannel source, int count) throws IOException {
        buffer.clear().limit(count);
        while (buffer.hasRemaining()) {
            if (source.read(buffer) < 0) {
                break;
            }
        }
        return buffer.flip().hasRemaining();
    }

    /** How many bytes were found to be right. */
    long checked() {
        return checked;
    }
}

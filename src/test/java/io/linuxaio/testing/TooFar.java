package io.linuxaio.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;

/**
 * A position beyond the maximum file size of most filesystems: only the kernel refuses a write there ({@code EFBIG}).
 */
public final class TooFar {
    private static final int BLOCK = 4096;

    /** The position in bytes, a multiple of a block; a block there ends before the largest number. */
    public static final long POSITION = Long.MAX_VALUE - 2 * BLOCK + 1;

    private TooFar() {}

    /** Skips the test if the filesystem supports the position, as xfs, btrfs and tmpfs do. */
    public static void assumeRefused(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "far", null);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(BLOCK), POSITION);
        } catch (IOException refused) {
            return;
        } finally {
            Files.delete(file);
        }
        Assumptions.abort(
                "files have no end on " + Files.getFileStore(directory).type());
    }
}

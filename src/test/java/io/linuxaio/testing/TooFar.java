package io.linuxaio.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;

/** A place where files end on most filesystems: a write there is refused by the kernel ({@code EFBIG}) and by no one else. */
public final class TooFar {
    private static final int BLOCK = 4096;

    /** In bytes, a multiple of a block; a block that is written here would end before the largest number. */
    public static final long POSITION = Long.MAX_VALUE - 2 * BLOCK + 1;

    private TooFar() {}

    /** Skips the test where files do not end there: on xfs, btrfs and tmpfs they end where numbers do. */
    public static void assumeRefused(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "far", null);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(BLOCK), POSITION);
        } catch (IOException refused) {
            return;
        } finally {
            Files.delete(file);
        }
        Assumptions.abort("files have no end on " + Files.getFileStore(folder).type());
    }
}

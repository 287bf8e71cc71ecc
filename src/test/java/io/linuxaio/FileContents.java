package io.linuxaio;

import io.linuxaio.internal.kernel.FakeKernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Looks into a file without the library under test. */
public interface FileContents {
    /** What stands from a position on; fewer bytes than asked for where the file ends. */
    byte[] at(long position, int length);

    /** Of a file on a disk; for when nobody else uses it. */
    static FileContents of(Path path) {
        return (position, length) -> {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
                    // On to the rest.
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        };
    }

    /** Of a file in memory. */
    static FileContents of(FakeKernel kernel, Path path) {
        return (position, length) -> kernel.contents(path.toString(), position, length);
    }
}

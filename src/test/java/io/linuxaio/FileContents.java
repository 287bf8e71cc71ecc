package io.linuxaio;

import io.linuxaio.internal.kernel.FakeKernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Access to a file without the library under test. */
public interface FileContents {
    /** Returns the bytes from a position on; fewer than requested at the end of the file. */
    byte[] at(long position, int length);

    /** Returns access to a file on a disk that nothing else uses. */
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

    /** Returns access to a file in memory. */
    static FileContents of(FakeKernel kernel, Path path) {
        return (position, length) -> kernel.contents(path.toString(), position, length);
    }
}

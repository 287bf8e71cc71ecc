package io.linuxaio.cli.transfer;

import io.linuxaio.cli.runtime.Interruptible;
import io.linuxaio.cli.runtime.ShutdownSignal;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where the bytes for {@code aio write} come from. */
sealed interface Source {
    /** How many bytes there are; -1 where that is not known. */
    long length() throws IOException;

    /** Opens it at its beginning. */
    ReadableByteChannel open() throws IOException;

    /** Whether it can be opened again and gives the same bytes. */
    boolean isRepeatable();

    /** Bytes made here. */
    record Generated(long size) implements Source {
        @Override
        public long length() {
            return size;
        }

        @Override
        public ReadableByteChannel open() {
            return new GeneratedData(size);
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }
    }

    /** A file, pipe or device. */
    record Named(Path path, ShutdownSignal stop) implements Source {
        @Override
        public long length() throws IOException {
            return isRepeatable() ? Files.size(path) : -1;
        }

        @Override
        public ReadableByteChannel open() throws IOException {
            if (Files.isDirectory(path)) {
                throw new FileSystemException(path.toString(), null, "it is a directory; --from takes a file");
            }
            return Interruptible.source(FileChannel.open(path, StandardOpenOption.READ), path.toString(), stop);
        }

        /** Files in /proc and the like are regular and say that they are empty. */
        @Override
        public boolean isRepeatable() {
            try {
                return Files.isRegularFile(path) && Files.size(path) > 0;
            } catch (IOException e) {
                return false;
            }
        }
    }

    /** Standard input. */
    record StandardInput(ShutdownSignal stop) implements Source {
        @Override
        public long length() {
            return -1;
        }

        @Override
        @SuppressWarnings("resource") // Closing the channel closes the stream.
        public ReadableByteChannel open() {
            return Interruptible.source(new FileInputStream(FileDescriptor.in).getChannel(), "standard input", stop);
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }
    }
}

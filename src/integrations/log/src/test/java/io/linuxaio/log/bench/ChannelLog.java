package io.linuxaio.log.bench;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The obvious log: each append writes and calls {@code force(false)}, one after the other. The file grows. */
final class ChannelLog implements BenchLog {
    private final FileChannel channel;

    ChannelLog(Path directory) throws IOException {
        channel = FileChannel.open(directory.resolve("log"), CREATE, WRITE);
    }

    @Override
    public synchronized void append(byte[] record) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(record);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

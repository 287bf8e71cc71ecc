package io.linuxaio.log.bench;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Group commit through the page cache: one thread writes what has arrived, and calls {@code force(false)} once. The file is
 * written with zeros beforehand, and from its beginning again when it is full: a sync need not write metadata.
 */
final class GroupingChannelLog implements BenchLog {
    private static final int BUFFER = 1 << 20;

    private record Entry(byte[] bytes, CompletableFuture<Void> durable) {}

    private static final Entry END = new Entry(new byte[0], new CompletableFuture<>());

    private final FileChannel channel;
    private final long size;
    private final LinkedBlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
    private final Thread committer = Thread.ofPlatform().daemon().unstarted(this::commitAll);
    private long position;

    GroupingChannelLog(Path directory, long size) throws IOException {
        this.size = size;
        channel = FileChannel.open(directory.resolve("log"), CREATE, WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(BUFFER);
        for (long at = 0; at < size; at += BUFFER) {
            channel.write(zeros.rewind(), at);
        }
        channel.force(true);
        committer.start();
    }

    @Override
    public void append(byte[] record) {
        Entry entry = new Entry(record, new CompletableFuture<>());
        entries.add(entry);
        entry.durable().join();
    }

    private void commitAll() {
        List<Entry> group = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try {
            while (true) {
                group.add(entries.take());
                entries.drainTo(group);
                if (group.remove(END)) {
                    return;
                }
                buffer.clear();
                group.forEach(entry -> buffer.put(entry.bytes()));
                buffer.flip();
                position = position + buffer.remaining() > size ? 0 : position;
                position += channel.write(buffer, position);
                channel.force(false);
                group.forEach(entry -> entry.durable().complete(null));
                group.clear();
            }
        } catch (IOException | InterruptedException e) {
            group.forEach(entry -> entry.durable().completeExceptionally(e));
        }
    }

    @Override
    public void close() throws IOException {
        entries.add(END);
        try {
            committer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channel.close();
    }
}

package io.linuxaio.flashkv.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioContext;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Writes a snapshot of a keyspace that changes meanwhile, by direct I/O with several blocks in flight, at a limited rate. */
final class SnapshotWriter {
    private static final int DEPTH = 4;
    private static final int IO_BLOCK = 256 << 10;

    private final Keyspace keyspace;
    private final Pacer pacer;
    private final MutationWriter block = new MutationWriter();
    private AioWriteChannel channel;
    private int entries;
    private int blocks;

    SnapshotWriter(Keyspace keyspace, Pacer pacer) {
        this.keyspace = keyspace;
        this.pacer = pacer;
    }

    /**
     * Writes a snapshot, durably.
     *
     * @param position the position in the log of a record that the keyspace contains, as it does all before it
     * @return the length of the file
     */
    long write(Path path, long position) throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
                AioWriteChannel opened = AioFiles.using(aio)
                        .withBlockSize(IO_BLOCK)
                        .withDepth(DEPTH)
                        .newWriteChannel(path, WRITE, CREATE, TRUNCATE_EXISTING)) {
            channel = opened;
            writeHeader(position);
            for (int i = 0; i < Keyspace.shards(); i++) {
                writeShard(i);
            }
            writeBlock();
            // The end.
            entries = blocks;
            writeBytes();
            channel.force(true);
            return channel.position();
        }
    }

    private void writeHeader(long position) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(position).flip());
        channel.write(ByteBuffer.allocate(SnapshotFormat.HEADER)
                .putLong(SnapshotFormat.MAGIC)
                .putInt(SnapshotFormat.VERSION)
                .putInt((int) crc.getValue())
                .putLong(position)
                .flip());
    }

    private void writeShard(int shard) throws IOException {
        IOException[] failure = new IOException[1];
        keyspace.forEach(shard, (key, entry) -> {
            if (failure[0] == null) {
                block.put(key, entry);
                entries++;
                try {
                    if (block.length() >= SnapshotFormat.BLOCK) {
                        writeBlock();
                    }
                } catch (IOException e) {
                    failure[0] = e;
                }
            }
        });
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    private void writeBlock() throws IOException {
        if (block.length() > 0) {
            pacer.await(block.length());
            writeBytes();
            blocks++;
            entries = 0;
            block.reset();
        }
    }

    private void writeBytes() throws IOException {
        ByteBuffer mutations = block.bytes().asByteBuffer();
        ByteBuffer header = ByteBuffer.allocate(SnapshotFormat.BLOCK_HEADER)
                .putInt(mutations.remaining())
                .putInt(entries);
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().flip());
        crc.update(mutations.duplicate());
        channel.write(header.putInt((int) crc.getValue()).flip());
        channel.write(mutations);
    }
}

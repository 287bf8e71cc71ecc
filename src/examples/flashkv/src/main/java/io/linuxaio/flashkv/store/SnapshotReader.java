package io.linuxaio.flashkv.store;

import static java.nio.file.StandardOpenOption.READ;

import io.linuxaio.AioContext;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioReadChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Reads a snapshot into a keyspace, and checks each byte of it. */
final class SnapshotReader {
    private static final int DEPTH = 4;
    private static final int IO_BLOCK = 256 << 10;

    private final Path path;
    private final long truncateAt;
    private final MutationReader mutations;
    private final Progress progress;
    private AioReadChannel channel;
    private long size;

    /**
     * Creates a reader.
     *
     * @param truncateAt the offset of a damage from which on entries are given up; -1 for none
     */
    SnapshotReader(Path path, long truncateAt, Keyspace keyspace, Progress progress) {
        this.path = path;
        this.truncateAt = truncateAt;
        this.progress = progress;
        mutations = new MutationReader(keyspace);
    }

    /** Reads the snapshot, and returns the position from which the log is to be replayed; -1 if there is no snapshot. */
    long read() throws IOException {
        if (!Files.exists(path)) {
            return -1;
        }
        try (AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
                AioReadChannel opened = AioFiles.using(aio)
                        .withBlockSize(IO_BLOCK)
                        .withDepth(DEPTH)
                        .newReadChannel(path, READ)) {
            channel = opened;
            size = channel.size();
            long position = readHeader();
            readBlocks();
            return position;
        }
    }

    private long readHeader() throws IOException {
        ByteBuffer header = read(SnapshotFormat.HEADER, 0);
        if (header.getLong() != SnapshotFormat.MAGIC) {
            throw damaged(0, "the file is no snapshot");
        }
        int version = header.getInt();
        if (version > SnapshotFormat.VERSION) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "the snapshot has format version " + version + ", and this flashkv reads up to version "
                            + SnapshotFormat.VERSION + "; use the flashkv that wrote it, or a later one");
        }
        int expected = header.getInt();
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate());
        if (version < 1 || (int) crc.getValue() != expected) {
            throw damaged(0, "the header of the snapshot is damaged");
        }
        return header.getLong();
    }

    private void readBlocks() throws IOException {
        int blocks = 0;
        while (true) {
            long at = channel.position();
            try {
                int length = readBlock(at, blocks);
                progress.onSnapshot(channel.position(), size);
                if (length == 0) {
                    return;
                }
                blocks++;
            } catch (SnapshotDamagedException e) {
                if (truncateAt != e.offset()) {
                    throw e;
                }
                return;
            }
        }
    }

    /** Reads a block and returns its length. */
    private int readBlock(long at, int blocks) throws IOException {
        ByteBuffer header = read(SnapshotFormat.BLOCK_HEADER, at);
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, 2 * Integer.BYTES));
        int length = header.getInt();
        int count = header.getInt();
        if (length < 0 || length > size - channel.position()) {
            throw damaged(at, "a block of the snapshot has no valid length");
        }
        ByteBuffer bytes = read(length, at);
        crc.update(bytes.duplicate());
        if ((int) crc.getValue() != header.getInt()) {
            throw damaged(at, "a block of the snapshot is damaged");
        }
        if (length == 0 && count != blocks) {
            throw damaged(at, "the snapshot has " + blocks + " blocks of " + count);
        }
        mutations.applyAll(bytes);
        return length;
    }

    private ByteBuffer read(int length, long at) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw damaged(at, "the snapshot ends before its end");
            }
        }
        return bytes.flip();
    }

    private SnapshotDamagedException damaged(long at, String reason) {
        return new SnapshotDamagedException(path, at, reason);
    }
}

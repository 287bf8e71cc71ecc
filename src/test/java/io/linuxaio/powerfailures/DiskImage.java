package io.linuxaio.powerfailures;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The image of a disk before its writes were logged, from which the images after power failures are made. */
final class DiskImage {
    private static final int CHUNK = 1 << 16;
    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(CHUNK).asReadOnlyBuffer();

    private final long size;
    // By their positions. Zeroes are left out.
    private final Map<Long, byte[]> chunks = new TreeMap<>();

    DiskImage(Path file) throws IOException {
        size = Files.size(file);
        try (InputStream contents = Files.newInputStream(file)) {
            for (long at = 0; at < size; at += CHUNK) {
                byte[] chunk = contents.readNBytes(CHUNK);
                if (ByteBuffer.wrap(chunk).mismatch(ZEROES.slice(0, chunk.length)) >= 0) {
                    chunks.put(at, chunk);
                }
            }
        }
    }

    /** Makes a sparse file with the image that a power failure leaves. */
    void writeTo(Path file, WriteLog log, PowerFailure failure) throws IOException {
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE, SPARSE)) {
            channel.write(ByteBuffer.allocate(1), size - 1);
            for (Map.Entry<Long, byte[]> chunk : chunks.entrySet()) {
                write(channel, ByteBuffer.wrap(chunk.getValue()), chunk.getKey());
            }
            for (int i = 0; i < failure.entry(); i++) {
                WriteLog.Entry entry = log.get(i);
                long length = failure.sectorsKept(i) * WriteLog.SECTOR;
                if (entry.isDiscard()) {
                    writeZeroes(channel, length, entry.sector() * WriteLog.SECTOR);
                } else {
                    write(channel, entry.data().asSlice(0, length).asByteBuffer(), entry.sector() * WriteLog.SECTOR);
                }
            }
        }
    }

    private static void writeZeroes(FileChannel channel, long length, long position) throws IOException {
        for (long done = 0; done < length; done += CHUNK) {
            write(channel, ZEROES.slice(0, (int) Math.min(CHUNK, length - done)), position + done);
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            channel.write(bytes, position + bytes.position() - start);
        }
    }
}

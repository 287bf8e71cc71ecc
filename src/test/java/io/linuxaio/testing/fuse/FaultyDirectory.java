package io.linuxaio.testing.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** The only directory of the filesystem, with replies in the structures of the protocol. For one thread at a time. */
final class FaultyDirectory {
    private static final long ROOT = 1;
    private static final int DIRECTORY_MODE = 0040755;
    private static final int FILE_MODE = 0100666;
    private static final int ATTRIBUTE_SIZE = 1 << 3;
    private static final int BLOCK = 4096;

    private final Map<Long, FaultyFile> files = new HashMap<>();
    private final Map<String, Long> names = new TreeMap<>();
    private long lastNode = ROOT;

    /** The reported size, so that programs see space. */
    private static final long BLOCKS = 1 << 20;

    static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    /** Returns the file of a node; a removed file stays as long as it is open. */
    FaultyFile file(long node) {
        return files.get(node);
    }

    /** Returns the file, or null if there is none. */
    Long node(String name) {
        return names.get(name);
    }

    long create(String name) {
        names.put(name, ++lastNode);
        files.put(lastNode, new FaultyFile());
        return lastNode;
    }

    boolean remove(String name) {
        return names.remove(name) != null;
    }

    void resize(FuseRequest request) {
        if ((request.body().getInt(0) & ATTRIBUTE_SIZE) != 0) {
            file(request.node()).resize(request.body().getLong(16));
        }
    }

    int losePower(Random random, int keep) {
        return files.values().stream()
                .mapToInt(file -> file.losePower(random, keep))
                .sum();
    }

    /** Returns a {@code struct fuse_entry_out}, without caching. */
    ByteBuffer entry(long node) {
        ByteBuffer entry = buffer(128);
        entry.putLong(node).putLong(1).position(40);
        putAttributes(entry, node);
        return entry.rewind();
    }

    /** Returns a {@code struct fuse_attr_out}. */
    ByteBuffer attributes(long node) {
        ByteBuffer attributes = buffer(104);
        attributes.position(16);
        putAttributes(attributes, node);
        return attributes.rewind();
    }

    private void putAttributes(ByteBuffer target, long node) {
        boolean directory = node == ROOT;
        long size = directory ? BLOCK : file(node).size();
        target.putLong(node).putLong(size).putLong((size + 511) / 512);
        // Three times, in seconds and nanoseconds: the beginning of time.
        target.position(target.position() + 3 * 8 + 3 * 4);
        target.putInt(directory ? DIRECTORY_MODE : FILE_MODE)
                .putInt(directory ? 2 : 1)
                .putInt(0)
                .putInt(0)
                .putInt(0)
                .putInt(BLOCK)
                .putInt(0);
    }

    /** Returns all {@code struct fuse_dirent}s at once; the kernel requests them from an offset. */
    ByteBuffer list(long from, int room) {
        ByteBuffer list = buffer(room);
        long at = 0;
        for (Map.Entry<String, Long> each : names.entrySet()) {
            byte[] name = each.getKey().getBytes(StandardCharsets.UTF_8);
            int length = 24 + (name.length + 7) / 8 * 8;
            at++;
            if (at > from && list.remaining() >= length) {
                int start = list.position();
                list.putLong(each.getValue())
                        .putLong(at)
                        .putInt(name.length)
                        .putInt(FILE_MODE >> 12)
                        .put(name);
                list.position(start + length);
            }
        }
        return list.flip();
    }

    /** Returns a {@code struct fuse_statfs_out}. */
    static ByteBuffer space() {
        ByteBuffer space = buffer(80);
        for (int i = 0; i < 5; i++) {
            space.putLong(BLOCKS);
        }
        space.putInt(BLOCK).putInt(255).putInt(BLOCK);
        return space.rewind();
    }
}

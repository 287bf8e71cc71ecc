package io.linuxaio.testing.fuse;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A file in memory that separates unflushed writes from durable contents, as a disk with a volatile cache. Bytes that
 * were never written are zero.
 */
final class FaultyFile {
    private static final int PAGE = 4096;

    private final Map<Long, byte[]> stable = new HashMap<>();
    private final Map<Long, byte[]> unflushed = new HashMap<>();
    private long size;

    long size() {
        return size;
    }

    /** Sets the length durably; tests of lost lengths use a filesystem on top. */
    void resize(long length) {
        for (Map<Long, byte[]> pages : List.of(stable, unflushed)) {
            pages.keySet().removeIf(page -> page * PAGE >= length);
            byte[] last = pages.get(length / PAGE);
            if (last != null) {
                Arrays.fill(last, (int) (length % PAGE), PAGE, (byte) 0);
            }
        }
        size = length;
    }

    byte[] read(long position, int length) {
        byte[] bytes = new byte[Math.clamp(size - position, 0, length)];
        for (int done = 0; done < bytes.length; ) {
            long page = (position + done) / PAGE;
            int from = (int) ((position + done) % PAGE);
            int part = Math.min(PAGE - from, bytes.length - done);
            byte[] source = unflushed.getOrDefault(page, stable.get(page));
            if (source != null) {
                System.arraycopy(source, from, bytes, done, part);
            }
            done += part;
        }
        return bytes;
    }

    void write(long position, byte[] source, int offset, int length) {
        for (int done = 0; done < length; ) {
            long page = (position + done) / PAGE;
            int from = (int) ((position + done) % PAGE);
            int part = Math.min(PAGE - from, length - done);
            byte[] target = unflushed.computeIfAbsent(page, this::copyOfStable);
            System.arraycopy(source, offset + done, target, from, part);
            done += part;
        }
        size = Math.max(size, position + length);
    }

    private byte[] copyOfStable(long page) {
        byte[] there = stable.get(page);
        return there == null ? new byte[PAGE] : there.clone();
    }

    /** Makes all writes durable. */
    void flush() {
        stable.putAll(unflushed);
        unflushed.clear();
    }

    /**
     * Loses a random part of the unflushed pages, as a disk that writes its cache in any order.
     *
     * @param keep the percentage of unflushed pages that are kept
     * @return the number of lost pages
     */
    int losePower(Random random, int keep) {
        int lost = 0;
        for (Map.Entry<Long, byte[]> page : unflushed.entrySet()) {
            if (random.nextInt(100) < keep) {
                stable.put(page.getKey(), page.getValue());
            } else {
                lost++;
            }
        }
        unflushed.clear();
        return lost;
    }
}

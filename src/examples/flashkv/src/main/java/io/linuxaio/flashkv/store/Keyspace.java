package io.linuxaio.flashkv.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;

/**
 * All entries, in memory, of which every one is in the log. Any thread reads; one thread at a time changes.
 *
 * <p>The keys are spread over a fixed number of hash tables. The number of a table is the cursor of {@code SCAN}, which
 * therefore needs no state, and misses no key that is there all the time.
 */
public final class Keyspace {
    private static final int SHARD_BITS = 10;
    private static final int SHARDS = 1 << SHARD_BITS;
    private static final int GOLDEN_RATIO = 0x9e3779b9;
    /** An estimate of the memory, and a bound of the bytes in a snapshot, that an entry takes beside key and value. */
    private static final int OVERHEAD = 32;

    private final ConcurrentHashMap<Key, Entry>[] shards = newShards();
    private final ConcurrentSkipListSet<Deadline> deadlines = new ConcurrentSkipListSet<>();
    private final ReentrantReadWriteLock publication = new ReentrantReadWriteLock();
    private volatile long size;
    private volatile long bytes;

    /** The end of an entry. */
    record Deadline(long at, Key key) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : key.compareTo(other.key);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ConcurrentHashMap<Key, Entry>[] newShards() {
        ConcurrentHashMap<Key, Entry>[] shards = new ConcurrentHashMap[SHARDS];
        for (int i = 0; i < SHARDS; i++) {
            shards[i] = new ConcurrentHashMap<>(1);
        }
        return shards;
    }

    static int shardOf(Key key) {
        return key.hashCode() * GOLDEN_RATIO >>> Integer.SIZE - SHARD_BITS;
    }

    static int shards() {
        return SHARDS;
    }

    /** Returns the entry of a key, which may have expired; {@code null} if there is none. */
    Entry get(Key key) {
        return shards[shardOf(key)].get(key);
    }

    /** Passes the entries of a shard to a consumer, those that have expired too. */
    void forEach(int shard, BiConsumer<Key, Entry> consumer) {
        shards[shard].forEach(consumer);
    }

    /** Returns the number of entries, with those that have expired and were not removed yet. */
    public long size() {
        return size;
    }

    /** Returns an estimate of the memory that the entries take. */
    public long bytes() {
        return bytes;
    }

    /** Returns the number of entries that have a deadline. Counts them. */
    public int expiring() {
        return deadlines.size();
    }

    /** Returns the entries that expire, in the order of their deadlines. */
    Iterable<Deadline> deadlines() {
        return deadlines;
    }

    /** Runs a reader of several entries, to which no batch of writes is half visible. */
    public void readConsistently(Runnable reader) {
        publication.readLock().lock();
        try {
            reader.run();
        } finally {
            publication.readLock().unlock();
        }
    }

    /**
     * Changes entries.
     *
     * @param clear {@code true} if all entries go before that
     * @param changes new entries, or {@link Transaction#REMOVED}
     */
    void publish(boolean clear, Map<Key, Entry> changes) {
        publication.writeLock().lock();
        try {
            if (clear) {
                clear();
            }
            changes.forEach((key, entry) -> {
                if (entry == Transaction.REMOVED) {
                    remove(key);
                } else {
                    put(key, entry);
                }
            });
        } finally {
            publication.writeLock().unlock();
        }
    }

    void put(Key key, Entry entry) {
        Entry previous = shards[shardOf(key)].put(key, entry);
        account(key, previous, entry);
    }

    void remove(Key key) {
        Entry previous = shards[shardOf(key)].remove(key);
        account(key, previous, null);
    }

    private void account(Key key, Entry previous, Entry next) {
        long change = 0;
        if (previous != null) {
            change -= weight(key, previous);
            if (previous.deadline() != Entry.NEVER) {
                deadlines.remove(new Deadline(previous.deadline(), key));
            }
        }
        if (next != null) {
            change += weight(key, next);
            if (next.deadline() != Entry.NEVER) {
                deadlines.add(new Deadline(next.deadline(), key));
            }
        }
        bytes = bytes + change;
        size = size + (next == null ? 0 : 1) - (previous == null ? 0 : 1);
    }

    private static long weight(Key key, Entry entry) {
        return OVERHEAD + key.bytes().length + (long) entry.value().length;
    }

    void clear() {
        for (ConcurrentHashMap<Key, Entry> shard : shards) {
            shard.clear();
        }
        deadlines.clear();
        size = 0;
        bytes = 0;
    }
}

package io.linuxaio.flashkv.store;

import java.util.function.Consumer;

/** The data as a command sees them at one moment. Entries that have expired by then are not there. */
public abstract class View {
    private final long now;

    View(long now) {
        this.now = now;
    }

    /** Returns the moment, in milliseconds since 1970. */
    public final long now() {
        return now;
    }

    /** Returns the live entry of a key, or {@code null}. */
    public final Entry get(Key key) {
        Entry entry = find(key);
        return entry != null && entry.isLive(now) ? entry : null;
    }

    /** Returns the entry of a key, which may have expired; {@code null} if there is none. */
    abstract Entry find(Key key);

    /** Sets a value and its deadline. */
    public abstract void put(Key key, Entry entry);

    /** Appends bytes to a live value. */
    public abstract void append(Key key, Entry current, byte[] suffix);

    /** Sets the deadline of a live entry. */
    public abstract void setDeadline(Key key, Entry current, long deadline);

    /** Removes an entry that is there, live or not. */
    public abstract void remove(Key key);

    /** Removes all entries. */
    public abstract void clear();

    /** Returns the number of entries, with those that have expired and were not removed yet. */
    public abstract long size();

    /** Passes the live keys of a shard to a consumer. */
    abstract void forEach(int shard, Consumer<Key> consumer);

    /** Passes all live keys to a consumer. */
    public final void forEach(Consumer<Key> consumer) {
        for (int i = 0; i < Keyspace.shards(); i++) {
            forEach(i, consumer);
        }
    }

    /**
     * Passes on the live keys of one or more shards.
     *
     * @param cursor 0 at the beginning, then the value that the call before has returned
     * @param count the number of keys after which the scan pauses, at the end of a shard
     * @return the next cursor; 0 at the end
     */
    public final long scan(long cursor, long count, Consumer<Key> consumer) {
        long[] seen = new long[1];
        for (long shard = cursor; shard < Keyspace.shards(); shard++) {
            if (seen[0] >= count) {
                return shard;
            }
            forEach((int) shard, key -> {
                seen[0]++;
                consumer.accept(key);
            });
        }
        return 0;
    }
}

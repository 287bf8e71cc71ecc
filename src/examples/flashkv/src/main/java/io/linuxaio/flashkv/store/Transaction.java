package io.linuxaio.flashkv.store;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The writes of a batch of commands, before they are durable: an overlay on the committed entries, and the record for the log.
 * Each command sees the writes of those before it. To give the writes up, drop the transaction.
 */
final class Transaction extends View {
    /** Stands for an entry that was removed. */
    static final Entry REMOVED = new Entry(new byte[0], Long.MIN_VALUE);

    private final Keyspace keyspace;
    private final MutationWriter record;
    private final Map<Key, Entry> changes = new HashMap<>();
    private boolean cleared;

    /**
     * Creates a transaction.
     *
     * @param record receives the writes
     */
    Transaction(Keyspace keyspace, long now, MutationWriter record) {
        super(now);
        this.keyspace = keyspace;
        this.record = record;
    }

    /** Makes the writes visible to all. */
    void publish() {
        keyspace.publish(cleared, changes);
    }

    @Override
    Entry find(Key key) {
        Entry change = changes.get(key);
        if (change != null) {
            return change == REMOVED ? null : change;
        }
        return cleared ? null : keyspace.get(key);
    }

    @Override
    public void put(Key key, Entry entry) {
        record.put(key, entry);
        changes.put(key, entry);
    }

    @Override
    public void append(Key key, Entry current, byte[] suffix) {
        byte[] before = current.value();
        byte[] value = Arrays.copyOf(before, before.length + suffix.length);
        System.arraycopy(suffix, 0, value, before.length, suffix.length);
        record.append(key, before.length, suffix);
        changes.put(key, new Entry(value, current.deadline()));
    }

    @Override
    public void setDeadline(Key key, Entry current, long deadline) {
        record.setDeadline(key, deadline);
        changes.put(key, new Entry(current.value(), deadline));
    }

    @Override
    public void remove(Key key) {
        record.remove(key);
        changes.put(key, REMOVED);
    }

    @Override
    public void clear() {
        record.clear();
        changes.clear();
        cleared = true;
    }

    @Override
    public long size() {
        long size = cleared ? 0 : keyspace.size();
        for (Map.Entry<Key, Entry> change : changes.entrySet()) {
            boolean before = !cleared && keyspace.get(change.getKey()) != null;
            boolean after = change.getValue() != REMOVED;
            size += (after ? 1 : 0) - (before ? 1 : 0);
        }
        return size;
    }

    @Override
    void forEach(int shard, Consumer<Key> consumer) {
        if (!cleared) {
            keyspace.forEach(shard, (key, entry) -> {
                if (!changes.containsKey(key) && entry.isLive(now())) {
                    consumer.accept(key);
                }
            });
        }
        changes.forEach((key, entry) -> {
            if (entry.isLive(now()) && Keyspace.shardOf(key) == shard) {
                consumer.accept(key);
            }
        });
    }
}

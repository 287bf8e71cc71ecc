package io.linuxaio.flashkv.store;

import java.util.function.Consumer;

/** A view of what is durable, which refuses writes. */
final class CommittedView extends View {
    private final Keyspace keyspace;
    private final String refusal;

    /**
     * Creates a view.
     *
     * @param refusal the error to which writes lead
     */
    CommittedView(Keyspace keyspace, long now, String refusal) {
        super(now);
        this.keyspace = keyspace;
        this.refusal = refusal;
    }

    @Override
    Entry find(Key key) {
        return keyspace.get(key);
    }

    @Override
    public void put(Key key, Entry entry) {
        throw new WriteRefusedException(refusal);
    }

    @Override
    public void append(Key key, Entry current, byte[] suffix) {
        throw new WriteRefusedException(refusal);
    }

    @Override
    public void setDeadline(Key key, Entry current, long deadline) {
        throw new WriteRefusedException(refusal);
    }

    @Override
    public void remove(Key key) {
        throw new WriteRefusedException(refusal);
    }

    @Override
    public void clear() {
        throw new WriteRefusedException(refusal);
    }

    @Override
    public long size() {
        return keyspace.size();
    }

    @Override
    void forEach(int shard, Consumer<Key> consumer) {
        keyspace.forEach(shard, (key, entry) -> {
            if (entry.isLive(now())) {
                consumer.accept(key);
            }
        });
    }
}

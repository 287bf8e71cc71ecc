package io.linuxaio.flashkv.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Transactions, their records, and the replay. */
class MutationTest {
    private static final int KEYS = 6;
    private static final long NOW = 1000;

    private final Random random = new Random(5);

    @Test
    void theReplayLeadsToTheSameEntries() throws IOException {
        Keyspace live = new Keyspace();
        Keyspace replayed = new Keyspace();
        for (int i = 0; i < 2000; i++) {
            new MutationReader(replayed).applyAll(ByteBuffer.wrap(runRandomTransaction(live)));
            assertThat(entries(replayed)).isEqualTo(entries(live));
            assertThat(replayed.size()).isEqualTo(live.size());
            assertThat(replayed.bytes()).isEqualTo(live.bytes());
            assertThat(replayed.expiring()).isEqualTo(live.expiring());
        }
        live.clear();
        assertThat(live.bytes()).isZero();
    }

    /** A snapshot sees each key at another moment, and the log is replayed from the first of these moments. */
    @Test
    void theReplayMendsASnapshotOfEntriesThatChangedMeanwhile() throws IOException {
        for (int round = 0; round < 300; round++) {
            Keyspace live = new Keyspace();
            for (int i = 0; i < 5; i++) {
                runRandomTransaction(live);
            }
            Keyspace snapshot = new Keyspace();
            List<byte[]> log = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                Entry entry = live.get(key(key));
                if (entry != null) {
                    snapshot.put(key(key), entry);
                }
                for (int i = random.nextInt(3); i > 0; i--) {
                    log.add(runRandomTransaction(live));
                }
            }
            for (byte[] each : log) {
                new MutationReader(snapshot).applyAll(ByteBuffer.wrap(each));
            }
            assertThat(entries(snapshot)).as("round %d", round).isEqualTo(entries(live));
        }
    }

    private byte[] runRandomTransaction(Keyspace keyspace) {
        MutationWriter record = new MutationWriter();
        Transaction transaction = new Transaction(keyspace, NOW, record);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            Key key = key(random.nextInt(KEYS));
            Entry entry = transaction.get(key);
            switch (random.nextInt(entry == null ? 2 : 6)) {
                case 0 -> transaction.put(key, new Entry(bytes(random.nextInt(5)), Entry.NEVER));
                case 1 -> transaction.put(key, new Entry(bytes(random.nextInt(5)), NOW + 1 + random.nextInt(9)));
                case 2, 3 -> transaction.append(key, entry, bytes(1 + random.nextInt(3)));
                case 4 -> transaction.setDeadline(key, entry, NOW + 1 + random.nextInt(9));
                default -> {
                    if (random.nextInt(10) == 0) {
                        transaction.clear();
                    } else {
                        transaction.remove(key);
                    }
                }
            }
        }
        long expected = transaction.size();
        transaction.publish();
        assertThat(keyspace.size()).isEqualTo(expected);
        byte[] bytes = new byte[record.length()];
        record.bytes().asByteBuffer().get(bytes);
        return bytes;
    }

    @Test
    void aTransactionSeesItsOwnWritesAndOthersDoNot() {
        Keyspace keyspace = new Keyspace();
        keyspace.put(key(1), new Entry(bytes(3), Entry.NEVER));
        Transaction transaction = new Transaction(keyspace, NOW, new MutationWriter());
        transaction.remove(key(1));
        transaction.put(key(2), new Entry(bytes(1), Entry.NEVER));
        assertThat(transaction.get(key(1))).isNull();
        assertThat(transaction.get(key(2))).isNotNull();
        assertThat(transaction.size()).isEqualTo(1);
        assertThat(keys(transaction)).containsExactly(key(2));
        View others = new CommittedView(keyspace, NOW, "refused");
        assertThat(keys(others)).containsExactly(key(1));
        transaction.clear();
        assertThat(keys(transaction)).isEmpty();
        transaction.publish();
        assertThat(keys(others)).isEmpty();
        assertThatThrownBy(() -> others.remove(key(1))).isInstanceOf(WriteRefusedException.class);
    }

    @Test
    void expiredEntriesAreInvisible() {
        Keyspace keyspace = new Keyspace();
        keyspace.put(key(1), new Entry(bytes(3), NOW));
        assertThat(new CommittedView(keyspace, NOW - 1, "").get(key(1))).isNotNull();
        assertThat(new CommittedView(keyspace, NOW, "").get(key(1))).isNull();
        assertThat(keys(new CommittedView(keyspace, NOW, ""))).isEmpty();
        assertThat(keyspace.size()).isEqualTo(1);
    }

    @Test
    void aScanSeesEachKeyOnce() {
        Keyspace keyspace = new Keyspace();
        for (int i = 0; i < 10_000; i++) {
            keyspace.put(key(i), new Entry(bytes(1), Entry.NEVER));
        }
        View view = new CommittedView(keyspace, NOW, "");
        List<Key> seen = new ArrayList<>();
        long cursor = 0;
        int steps = 0;
        do {
            cursor = view.scan(cursor, 100, seen::add);
            steps++;
        } while (cursor != 0);
        assertThat(seen).hasSize(10_000).doesNotHaveDuplicates();
        assertThat(steps).isBetween(50, 101);
        assertThat(view.scan(1 << 20, 10, seen::add)).isZero();
    }

    @Test
    void damagedMutationsAreRefused() {
        MutationWriter record = new MutationWriter();
        record.put(key(1), new Entry(bytes(10), Entry.NEVER));
        byte[] whole = new byte[record.length()];
        record.bytes().asByteBuffer().get(whole);
        for (int length = 1; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
            assertThatThrownBy(() -> new MutationReader(new Keyspace()).applyAll(cut))
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(
                        () -> new MutationReader(new Keyspace()).applyAll(ByteBuffer.wrap(new byte[] {9, 0, 0, 0, 0})))
                .hasMessageContaining("unknown kind of mutation: 9");
    }

    private static List<Key> keys(View view) {
        List<Key> keys = new ArrayList<>();
        view.forEach(keys::add);
        return keys;
    }

    private static Map<Key, String> entries(Keyspace keyspace) {
        Map<Key, String> entries = new TreeMap<>();
        for (int i = 0; i < Keyspace.shards(); i++) {
            keyspace.forEach(
                    i,
                    (key, entry) -> entries.put(
                            key, new String(entry.value(), StandardCharsets.ISO_8859_1) + "/" + entry.deadline()));
        }
        return entries;
    }

    private static Key key(int number) {
        return new Key(("key" + number).getBytes(StandardCharsets.US_ASCII));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}

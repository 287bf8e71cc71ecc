package io.linuxaio.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.activemq.artemis.core.io.SequentialFile;
import org.apache.activemq.artemis.core.io.aio.AIOSequentialFileFactory;
import org.apache.activemq.artemis.core.journal.PreparedTransactionInfo;
import org.apache.activemq.artemis.core.journal.RecordInfo;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker's own journal and file classes over this jar. */
@OnRealKernel
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class JournalIT {
    private static final int FILE_SIZE = 256 << 10;
    private static final int MAX_IO = 64;
    private static final byte TYPE = 1;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AIOSequentialFileFactory factory() {
        AIOSequentialFileFactory factory = new AIOSequentialFileFactory(directory.toFile(), MAX_IO);
        factory.setDatasync(true);
        return factory;
    }

    private JournalImpl journal() {
        return new JournalImpl(FILE_SIZE, 2, 10, 0, 0, factory(), "test", "amq", MAX_IO);
    }

    /** Starts a journal, and returns the numbers of its records, in order. */
    private static List<Long> load(JournalImpl journal) throws Exception {
        List<RecordInfo> records = new ArrayList<>();
        List<PreparedTransactionInfo> prepared = new ArrayList<>();
        journal.start();
        journal.load(records, prepared, null, true);
        assertThat(prepared).isEmpty();
        for (RecordInfo record : records) {
            assertThat(record.data).isEqualTo(data(record.id));
        }
        return records.stream().map(record -> record.id).toList();
    }

    private static byte[] data(long id) {
        byte[] data = new byte[Math.toIntExact(100 + id % 1000)];
        data[0] = (byte) id;
        return data;
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    @Test
    void isSupported() {
        assertThat(AIOSequentialFileFactory.isSupported()).isTrue();
        assertThat(AIOSequentialFileFactory.isSupported(directory.toFile())).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void keepsWhatWasAppendedAndCommittedAndNothingElse() throws Exception {
        JournalImpl journal = journal();
        assertThat(load(journal)).isEmpty();
        for (long id = 1; id <= 300; id++) {
            journal.appendAddRecord(id, TYPE, data(id), id % 50 == 0);
        }
        for (long id = 301; id <= 400; id++) {
            journal.appendAddRecordTransactional(7, id, TYPE, data(id));
        }
        journal.appendCommitRecord(7, true);
        for (long id = 401; id <= 500; id++) {
            journal.appendAddRecordTransactional(8, id, TYPE, data(id));
        }
        journal.appendRollbackRecord(8, true);
        for (long id = 501; id <= 600; id++) {
            journal.appendAddRecordTransactional(9, id, TYPE, data(id));
        }
        for (long id = 1; id <= 100; id++) {
            journal.appendDeleteRecord(id, id == 100);
        }
        journal.stop();

        JournalImpl reloaded = journal();
        assertThat(load(reloaded)).containsExactlyElementsOf(numbers(101, 401));
        reloaded.stop();
    }

    @Test
    void compactsAndReclaimsFiles() throws Exception {
        JournalImpl journal = journal();
        load(journal);
        for (long id = 1; id <= 3000; id++) {
            journal.appendAddRecord(id, TYPE, data(id), false);
            if (id % 10 != 0) {
                journal.appendDeleteRecord(id, false);
            }
        }
        journal.forceMoveNextFile();
        int before = journal.getDataFiles().length;
        journal.testCompact();
        assertThat(journal.getDataFiles().length).isLessThan(before);
        journal.stop();

        JournalImpl reloaded = journal();
        assertThat(load(reloaded))
                .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 300)
                        .map(id -> 10 * id)
                        .boxed()
                        .toList());
        reloaded.stop();
    }

    @Test
    void filesWriteReadFillAndAreRenamed() throws Exception {
        AIOSequentialFileFactory factory = factory();
        factory.start();
        SequentialFile file = factory.createSequentialFile("one");
        file.open();
        int block = factory.getAlignment();
        file.fill(4 * block);
        assertThat(file.size()).isEqualTo(4L * block);
        ByteBuffer buffer = factory.newBuffer(block);
        buffer.putLong(0, 42).position(0);
        file.position(block);
        file.writeDirect(buffer, true);
        file.close();
        file.renameTo("two");

        SequentialFile renamed = factory.createSequentialFile("two");
        renamed.open();
        ByteBuffer target = factory.newBuffer(4 * block);
        renamed.read(target);
        assertThat(target.getLong(0)).isZero();
        assertThat(target.getLong(block)).isEqualTo(42);
        factory.releaseBuffer(target);
        renamed.close();
        renamed.delete();
        factory.stop();
        assertThat(LibaioContext.getTotalMaxIO()).isZero();
    }
}

package io.linuxaio.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioPoller;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the documentation, run and checked. */
@OnRealKernel
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class ExamplesIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path file(int length) throws Exception {
        return Files.write(directory.resolve("file-" + length), Bytes.random(length, length));
    }

    @Test
    void theFirstProgramPrintsWhatItRead() throws Exception {
        String printed = ChildJvm.of(FirstProgram.class)
                .succeed(directory.resolve("first").toString());
        assertThat(printed).isEqualTo("4096 bytes: Hello, disk\n");
    }

    @Test
    void aByteBufferIsWrittenAndRead() throws Exception {
        assertThat(ByteBufferExample.writeAndRead(directory.resolve("bytes"), "Grüße"))
                .startsWith("Grüße\0")
                .hasSize(4096 - 2);
    }

    @Test
    void aContextReadsSeveralBlocks() throws Exception {
        assertThat(ContextExample.countBytes(file(100 * BLOCK), 100)).isEqualTo(100 * BLOCK);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, 31 * 4096 + 1, 200 * 4096})
    void aQueueReadsToTheEnd(int length) throws Exception {
        assertThat(QueueExample.readAll(file(length))).isEqualTo(length);
    }

    @Test
    void aContextIsRegisteredWhileItIsOpen() throws Exception {
        ObjectName name = new ObjectName("io.linuxaio:type=AioContext,name=\"journal\"");
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try (AioContext aio = WatchedExample.open()) {
            assertThat(aio.queueDepth()).isEqualTo(4);
            assertThat(beans.isRegistered(name)).isTrue();
        }
        assertThat(beans.isRegistered(name)).isFalse();
    }

    @Test
    void aBatchIsCommitted() throws Exception {
        Path path = directory.resolve("log");
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile log = aio.open(path, WRITE, CREATE)) {
            BatchExample.commit(
                            aio,
                            log,
                            List.of(
                                    Bytes.copy(arena, Bytes.random(1, BLOCK)),
                                    Bytes.copy(arena, Bytes.random(2, 2 * BLOCK))),
                            BLOCK)
                    .join();
        }
        byte[] written = Files.readAllBytes(path);
        assertThat(written).hasSize(4 * BLOCK);
        assertThat(Arrays.copyOfRange(written, BLOCK, 2 * BLOCK)).isEqualTo(Bytes.random(1, BLOCK));
        assertThat(Arrays.copyOfRange(written, 2 * BLOCK, 4 * BLOCK)).isEqualTo(Bytes.random(2, 2 * BLOCK));
    }

    @Test
    void aBufferIsBorrowedForARead() throws Exception {
        Path path = file(BLOCK + 100);
        try (AioContext aio = AioContext.open();
                AioBufferPool pool = AioBufferPool.of(1, BLOCK);
                AioFile file = aio.open(path)) {
            assertThat(BufferPoolExample.read(pool, file, BLOCK))
                    .isEqualTo(Arrays.copyOfRange(Files.readAllBytes(path), BLOCK, BLOCK + 100));
            assertThat(pool.available()).isEqualTo(1);
        }
    }

    @Test
    void anOpenFileTakesAnyPosition() throws Exception {
        Path path = file(10_001);
        byte[] old = Files.readAllBytes(path);
        byte[] record = Bytes.random(4, 777);
        try (AioContext aio = AioContext.open();
                AioFile file = aio.open(path, READ, WRITE)) {
            assertThat(OpenFileExample.rewrite(file, record, 10_000)).isEqualTo(record);
            assertThat(OpenFileExample.candidates(file, new long[] {10_000, 5}, 1)[0].toArray(JAVA_BYTE))
                    .containsExactly(record[0]);
            assertThat(OpenFileExample.vectors(file, new long[] {0, 5001}))
                    .extracting(ByteBuffer::array)
                    .containsExactly(Arrays.copyOf(old, 3072), Arrays.copyOfRange(old, 5001, 8073));
        }
        assertThat(path).hasSize(10_777);
    }

    @Test
    void aSegmentIsRecycled() throws Exception {
        Path path = file(10_001);
        try (AioContext aio = AioContext.open();
                AioFile file = aio.open(path, READ, WRITE)) {
            assertThat(OpenFileExample.recycle(file, 10_001)).isTrue();
        }
        assertThat(path).hasBinaryContent(new byte[10_001]);
    }

    @Test
    void channelsBorrowAnOpenFile() throws Exception {
        Path path = file(10_001);
        byte[] old = Files.readAllBytes(path);
        try (AioContext aio = AioContext.open();
                AioBufferPool pool = AioBufferPool.of(2, BLOCK);
                AioFile file = aio.open(path, READ, WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(old);
            assertThat(OpenFileExample.sum(file, pool, 17, 5000, 100)).isEqualTo(bytes.getInt(17) + bytes.getInt(5000));
            OpenFileExample.log(file, pool, List.of("one", "two"));
        }
        byte[] found = Files.readAllBytes(path);
        assertThat(found).startsWith(old).endsWith("one\ntwo\n".getBytes()).hasSize(10_009);
    }

    @Test
    void wholeFilesAreWrittenReadAndCopied() throws Exception {
        Path one = file(3_000_000);
        Path copy = directory.resolve("copy");
        WholeFilesExample.write(directory);
        assertThat(directory.resolve("output.txt")).hasContent("Hello");
        assertThat(WholeFilesExample.lengthOfBoth(one, file(17))).isEqualTo(3_000_017);
        try (AioContext aio = AioContext.open()) {
            WholeFilesExample.copy(aio, one, copy);
            assertThat(copy).hasSameBinaryContentAs(one);
            WholeFilesExample.replace(aio, copy, "new".getBytes());
        }
        assertThat(copy).hasContent("new");
    }

    @Test
    void aFileIsRenamedDurably() throws Exception {
        Path written = file(17);
        byte[] contents = Files.readAllBytes(written);
        DurableNames.rename(written, Files.write(directory.resolve("renamed"), new byte[3]));
        assertThat(written).doesNotExist();
        assertThat(directory.resolve("renamed")).hasBinaryContent(contents);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 200_001})
    void bothWaysOfCopyingGiveTheSameFile(int length) throws Exception {
        Path original = file(length);
        Path byChannel = directory.resolve("by-channel");
        Path byAio = directory.resolve("by-aio");
        CopyByChannel.copy(original, byChannel);
        try (AioContext aio = AioContext.open()) {
            CopyByAio.copy(aio, original, byAio);
        }
        assertThat(byChannel).hasSameBinaryContentAs(original);
        assertThat(byAio).hasSameBinaryContentAs(original);
    }

    @Test
    void groupsAreCommittedInOrder() throws Exception {
        int count = 200;
        Path path = directory.resolve("log");
        int groups;
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile log = aio.open(path, WRITE, CREATE)) {
            GroupCommit committer = new GroupCommit(aio, log, 16);
            List<CompletableFuture<Long>> commits = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                commits.add(committer.append(Bytes.copy(arena, Bytes.random(i, BLOCK))));
            }
            committer.finish();
            groups = committer.groups();
            for (int i = 0; i < count; i++) {
                assertThat(commits.get(i).join()).isEqualTo((long) i * BLOCK);
            }
        }
        byte[] written = Files.readAllBytes(path);
        for (int i = 0; i < count; i++) {
            assertThat(Arrays.copyOfRange(written, i * BLOCK, (i + 1) * BLOCK)).isEqualTo(Bytes.random(i, BLOCK));
        }
        // A full queue of 16, and what the committer had taken: no group is larger than that at once.
        assertThat(groups).isBetween(count / 17, count);
    }

    @Test
    void appendsOfManyThreadsShareSyncs() throws Exception {
        int count = 200;
        Path path = directory.resolve("polled-log");
        byte[] blocks = Bytes.random(7, count * BLOCK);
        int groups;
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile log = aio.open(path, WRITE, CREATE);
                AioPoller poller = AioPoller.open()) {
            MemorySegment memory = Bytes.copy(arena, blocks);
            PollerExample example = new PollerExample(poller, log);
            Thread polling = Thread.ofPlatform().start(example);
            List<CompletableFuture<Void>> appends = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                appends.add(example.append(memory.asSlice((long) i * BLOCK, BLOCK)));
            }
            for (CompletableFuture<Void> append : appends) {
                append.join();
            }
            poller.shutdown();
            polling.join();
            groups = example.groups();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(blocks);
        assertThat(groups).isBetween(1, count);
    }
}

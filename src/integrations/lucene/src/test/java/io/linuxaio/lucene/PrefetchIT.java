package io.linuxaio.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.FSLockFactory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefetched ranges: their bytes, their bounds, and threads that share them. */
@OnRealKernel
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class PrefetchIT {
    private static final int LENGTH = (8 << 20) + 123;
    private static final int VECTOR = 3072;
    private static final IOContext RANDOM = IOContext.DEFAULT.withHints(DataAccessHint.RANDOM);

    @TempDir(factory = TargetDirectory.class)
    Path path;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private final byte[] contents = new byte[LENGTH];

    @BeforeEach
    void write() throws IOException {
        random.nextBytes(contents);
        Files.write(path.resolve("file"), contents);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 128})
    void manyRangesHaveTheirBytesAtAnyDepth(int depth) throws IOException {
        try (AioContext context = AioContext.builder().queueDepth(depth).open();
                AioDirectory directory = open(context);
                IndexInput input = directory.openInput("file", RANDOM)) {
            int[] positions = random.ints(2000, 0, LENGTH - VECTOR).sorted().toArray();
            for (int position : positions) {
                input.prefetch(position, VECTOR);
            }
            for (int position : positions) {
                verify(input, position, VECTOR);
            }
        }
    }

    private AioDirectory open(AioContext context) throws IOException {
        return new AioDirectory(
                path, FSLockFactory.getDefault(), AioDirectoryOptions.defaults().withContext(context));
    }

    private void verify(IndexInput input, int position, int length) throws IOException {
        byte[] found = new byte[length];
        input.seek(position);
        input.readBytes(found, 0, length);
        assertThat(Arrays.equals(found, 0, length, contents, position, position + length))
                .as("%d bytes at %d, seed %d", length, position, seed)
                .isTrue();
    }

    @Test
    void threadsPrefetchAndReadAnyRangesAtTheSameTime() throws Exception {
        try (AioDirectory directory = new AioDirectory(path);
                IndexInput input = directory.openInput("file", IOContext.DEFAULT)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                IndexInput own = i % 2 == 0 ? input.clone() : input.slice("all", 0, LENGTH, RANDOM);
                Random choice = new Random(random.nextLong());
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        useAtRandom(own, choice);
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failure.get()).isNull();
        }
    }

    private void useAtRandom(IndexInput input, Random choice) throws IOException {
        for (int i = 0; i < 3000; i++) {
            int length = 1 + (int) Math.exp(choice.nextDouble() * Math.log(300_000));
            int position = choice.nextInt(LENGTH - length + 1);
            if (choice.nextInt(3) > 0) {
                input.prefetch(position, length);
            } else {
                verify(input, position, length);
            }
        }
    }

    @Test
    void unusedRangesAreEvictedForOthers() throws IOException {
        PrefetchMemory memory;
        try (AioContext context = AioContext.open();
                AioDirectory directory = open(context)) {
            AioResources resources = directory.resources();
            memory = resources.memory();
            try (IndexInput input = directory.openInput("file", RANDOM)) {
                // Five times the file, in files of their own.
                for (int i = 0; i < 5; i++) {
                    IndexInput other = directory.openInput("file", RANDOM);
                    prefetchAll(other);
                    assertThat(memory.used()).isLessThanOrEqualTo(32 << 20);
                    prefetchAll(input);
                    verify(input, 0, LENGTH);
                    verify(other, 0, LENGTH);
                    prefetchAll(other);
                    other.close();
                }
            }
            assertThat(memory.used()).isZero();
        }
    }

    private static void prefetchAll(IndexInput input) throws IOException {
        for (int position = 0; position < LENGTH; position += PrefetchTable.MAX_RANGE) {
            input.prefetch(position, Math.min(PrefetchTable.MAX_RANGE, LENGTH - position));
        }
    }

    @Test
    void sequentialReadsOfAnySizesHaveAllBytes() throws IOException {
        try (AioDirectory directory = new AioDirectory(path)) {
            for (IOContext context : List.of(IOContext.DEFAULT, IOContext.READONCE, RANDOM)) {
                try (IndexInput input = directory.openInput("file", context)) {
                    for (int position = 0; position < LENGTH; position = (int) input.getFilePointer()) {
                        switch (random.nextInt(3)) {
                            case 0 -> assertThat(input.readByte()).isEqualTo(contents[position]);
                            case 1 -> verify(input, position, Math.min(LENGTH - position, random.nextInt(50)));
                            default -> verify(input, position, Math.min(LENGTH - position, random.nextInt(99_999)));
                        }
                    }
                }
            }
        }
    }

    @Test
    void aClosedFileIsReportedByItsClones() throws IOException {
        try (AioDirectory directory = new AioDirectory(path)) {
            IndexInput input = directory.openInput("file", RANDOM);
            IndexInput clone = input.clone();
            clone.prefetch(0, VECTOR);
            input.close();
            assertThatThrownBy(clone::readByte).isInstanceOf(AlreadyClosedException.class);
            assertThatThrownBy(input::readByte).isInstanceOf(AlreadyClosedException.class);
            assertThatThrownBy(() -> clone.prefetch(0, 1)).isInstanceOf(AlreadyClosedException.class);
            assertThatThrownBy(() -> clone.slice("part", 0, 1)).isInstanceOf(AlreadyClosedException.class);
        }
    }

    @Test
    void filesStayReadableAfterTheirDirectoryIsClosed() throws IOException {
        AioDirectory directory = new AioDirectory(path);
        IndexInput input = directory.openInput("file", RANDOM);
        directory.close();
        directory.close();
        input.prefetch(5, VECTOR);
        verify(input, 5, VECTOR);
        assertThatThrownBy(() -> directory.openInput("file", RANDOM)).isInstanceOf(AlreadyClosedException.class);
        input.close();
        input.close();
    }
}

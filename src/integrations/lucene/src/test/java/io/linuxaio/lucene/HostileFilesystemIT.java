package io.linuxaio.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSLockFactory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.mockfile.FilterFileSystemProvider;
import org.apache.lucene.tests.mockfile.FilterPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Full disks, filesystems without direct I/O, and paths that the kernel does not know. */
@OnRealKernel
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class HostileFilesystemIT {
    private static final BiPredicate<String, IOContext> VECTORS = AioVectorDirectory.RAW_VECTORS;

    @TempDir(factory = TargetDirectory.class)
    Path path;

    @ParameterizedTest
    @ValueSource(strings = {"all", "vectors"})
    void onAFullDiskTheLastCommitStaysAndWithSpaceIndexingGoesOn(String kind) throws Exception {
        Random random = new Random(Seed.next());
        try (Volume volume = Volume.ext4(path, 16)) {
            Path index = volume.path().resolve("index");
            Path filler = volume.path().resolve("filler");
            Files.write(filler, new byte[6 << 20]);
            try (Directory directory = IndexingChild.open(kind, index)) {
                int committed = indexUntilFull(directory, random);
                try (DirectoryReader reader = DirectoryReader.open(directory)) {
                    assertThat(reader.numDocs()).isEqualTo(committed);
                }
                Files.delete(filler);
                try (IndexWriter writer = new IndexWriter(directory, withoutMerges())) {
                    for (int i = 0; i < 20; i++) {
                        VectorIndex.add(writer, committed + i, VectorIndex.vector(random));
                    }
                    writer.commit();
                }
                try (CheckIndex check = new CheckIndex(directory);
                        DirectoryReader reader = DirectoryReader.open(directory)) {
                    assertThat(check.checkIndex().clean).isTrue();
                    assertThat(reader.numDocs()).isEqualTo(committed + 20);
                }
            }
        }
    }

    /** Returns the number of documents of the last commit. */
    private static int indexUntilFull(Directory directory, Random random) throws IOException {
        int committed = 0;
        IndexWriter writer = new IndexWriter(directory, withoutMerges());
        Throwable failure = null;
        for (int i = 0; failure == null; i++) {
            int number = i;
            failure = catchThrowable(() -> VectorIndex.add(writer, number, VectorIndex.vector(random)));
            if (failure == null && number % 300 == 299) {
                failure = catchThrowable(writer::commit);
                committed = failure == null ? number + 1 : committed;
            }
        }
        assertThat(failure).isInstanceOf(IOException.class).hasStackTraceContaining("space left on device");
        try {
            writer.rollback();
        } catch (IOException e) {
            assertThat(e).hasStackTraceContaining("space left on device");
        }
        return committed;
    }

    // Merges take long, and their threads print that the disk is full.
    private static IndexWriterConfig withoutMerges() {
        return VectorIndex.config().setMergePolicy(NoMergePolicy.INSTANCE);
    }

    @Test
    void aLongFileOnAFullDiskFailsAndCanBeDeleted() throws Exception {
        try (Volume volume = Volume.ext4(path, 16);
                Directory directory = IndexingChild.open("all", volume.path())) {
            byte[] block = new byte[100_000];
            Throwable failure = catchThrowable(() -> {
                try (IndexOutput output = directory.createOutput("long.vec", IOContext.DEFAULT)) {
                    for (int i = 0; i < 1000; i++) {
                        output.writeBytes(block, block.length);
                    }
                }
            });
            assertThat(failure).isInstanceOf(IOException.class).hasMessageContaining("space left on device");
            directory.deleteFile("long.vec");
            try (IndexOutput output = directory.createOutput("short.vec", IOContext.DEFAULT)) {
                output.writeBytes(block, block.length);
            }
            assertThat(directory.fileLength("short.vec")).isEqualTo(block.length);
        }
    }

    @Test
    void withoutDirectIoTheMessageHasARemedyAndBufferedIoCanBePermitted() throws Exception {
        try (Volume volume = Volume.ramfs(path)) {
            byte[] bytes = new byte[10_000];
            new Random(Seed.next()).nextBytes(bytes);
            Files.write(volume.path().resolve("raw.vec"), bytes);
            try (Directory directory = new AioVectorDirectory(volume.path())) {
                assertThatThrownBy(() -> directory.openInput("raw.vec", IOContext.DEFAULT))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("raw.vec: the filesystem does not support direct I/O")
                        .hasMessageContaining("withBufferedFallback");
            }
            AioDirectoryOptions buffered = AioDirectoryOptions.defaults().withBufferedFallback(true);
            try (Directory directory = new AioVectorDirectory(new MMapDirectory(volume.path()), buffered, VECTORS);
                    IndexInput input = directory.openInput("raw.vec", IOContext.DEFAULT)) {
                input.prefetch(17, 3000);
                byte[] found = new byte[bytes.length];
                input.readBytes(found, 0, found.length);
                assertThat(found).isEqualTo(bytes);
                try (IndexOutput output = directory.createOutput("other.vec", IOContext.DEFAULT)) {
                    output.writeBytes(new byte[3 << 20], 3 << 20);
                }
                assertThat(directory.fileLength("other.vec")).isEqualTo(3 << 20);
            }
        }
    }

    @Test
    void aWrappedPathIsRefusedAndCanBeUnwrapped() throws Exception {
        Path wrapped = new FilterFileSystemProvider("test://", path.getFileSystem()) {}.wrapPath(path);
        assertThatThrownBy(() -> new AioDirectory(wrapped))
                .isInstanceOf(ProviderMismatchException.class)
                .hasMessageContaining("withPathUnwrapper");
        AioDirectoryOptions options = AioDirectoryOptions.defaults().withPathUnwrapper(FilterPath::unwrap);
        try (Directory directory = new AioDirectory(wrapped, FSLockFactory.getDefault(), options)) {
            directory.createOutput("file", IOContext.DEFAULT).close();
            assertThat(path.resolve("file")).exists();
        }
    }
}

package io.linuxaio.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioOpenOption;
import io.linuxaio.testing.Acl;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failed and cancelled copies, which leave everything unchanged. */
@OnRealKernel
@Timeout(120)
class CopyFailureIT extends CopyFixture {
    private static final byte[] OLD = Bytes.random(1, 7000);

    @Test
    void anExistingTargetIsKept() throws IOException {
        fill(5000);
        Files.write(target, OLD);

        assertThat(failure()).isInstanceOf(FileAlreadyExistsException.class).hasMessage(target.toString());
        assertThat(target).hasBinaryContent(OLD);

        Files.delete(target);
        Files.createSymbolicLink(target, Path.of("nowhere"));
        assertThat(failure()).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(target).isSymbolicLink();
    }

    @Test
    void theOldTargetExistsUntilTheCopyIsComplete() throws IOException {
        byte[] bytes = fill(3 * BLOCK + 1);
        Files.write(target, OLD);
        Path hard = Files.createLink(directory.resolve("hard"), target);

        AioFiles.using(AioContext.shared())
                .copy(source, target, (_, _) -> assertThat(target).hasBinaryContent(OLD), REPLACE_EXISTING)
                .join();

        assertThat(target).hasBinaryContent(bytes);
        assertThat(hard).hasBinaryContent(OLD);
        assertThat(names()).containsExactly("hard", "source", "target");
    }

    @Test
    void aLinkIsReplacedItself() throws IOException {
        byte[] bytes = fill(5000);
        Path end = Files.write(directory.resolve("end"), OLD);
        Files.createSymbolicLink(target, Path.of("end"));

        AioFiles.copy(source, target, REPLACE_EXISTING).join();

        assertThat(target).isRegularFile().hasBinaryContent(bytes);
        assertThat(Files.isSymbolicLink(target)).isFalse();
        assertThat(end).hasBinaryContent(OLD);
    }

    @Test
    void aFileIsNotCopiedOntoItself() throws IOException {
        byte[] bytes = fill(5000);
        Path hard = Files.createLink(directory.resolve("hard"), source);
        Path soft = Files.createSymbolicLink(directory.resolve("soft"), Path.of("hard"));

        for (Path from : new Path[] {source, hard, soft}) {
            for (Path to : new Path[] {source, hard, soft}) {
                assertThat(failure(AioFiles.copy(from, to, REPLACE_EXISTING)))
                        .isInstanceOf(FileSystemException.class)
                        .hasMessageContaining("it is the same file as " + from + "; nothing was changed");
            }
        }
        assertThat(source).hasBinaryContent(bytes);
        assertThat(names()).containsExactly("hard", "soft", "source");
        assertThat(soft).isSymbolicLink();
    }

    @Test
    void aSourceThatIsNotARegularFileIsRefused() throws IOException {
        Path fifo = directory.resolve("fifo");
        Command.succeed("mkfifo", fifo.toString());
        for (Path each : new Path[] {directory, fifo, Path.of("/dev/null"), Path.of("/dev/zero")}) {
            assertThat(failure(AioFiles.copy(each, target)))
                    .isInstanceOf(AioException.class)
                    .hasMessageContaining(each.toString())
                    .hasMessageContaining("it is a ");
        }
        assertThat(failure(AioFiles.copy(source, target)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(source.toString());
        assertThat(names()).containsExactly("fifo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/status", "/proc/self/maps", "/proc/version"})
    void aSourceWithoutALengthIsRefused(String name) throws IOException {
        Path file = Path.of(name);
        assertThat(failure(AioFiles.copy(file, target))).hasMessageContaining("no direct I/O");
        for (CopyOption option : new CopyOption[] {AioOpenOption.BUFFERED, AioOpenOption.DIRECT_IF_SUPPORTED}) {
            assertThat(failure(AioFiles.copy(file, target, option)))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining(name + ": its length is not known before it is read");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void aLinkIsNotFollowedWithNofollowLinks() throws IOException {
        fill(5000);
        Path soft = Files.createSymbolicLink(directory.resolve("soft"), source);

        assertThat(failure(AioFiles.copy(soft, target, NOFOLLOW_LINKS))).hasMessageContaining("NOFOLLOW_LINKS");
        assertThat(target).doesNotExist();
        AioFiles.copy(soft, target).join();
        assertThat(target).isRegularFile();
    }

    @Test
    void aTargetThatCannotBeCreatedIsNamed() throws IOException {
        fill(5000);
        Path missing = directory.resolve("none").resolve("target");
        Path subdirectory = Files.createDirectory(directory.resolve("directory"));
        Path fifo = directory.resolve("fifo");
        Command.succeed("mkfifo", fifo.toString());

        for (CopyOption[] options : new CopyOption[][] {{}, {REPLACE_EXISTING}}) {
            assertThat(failure(AioFiles.copy(source, missing, options)))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessage(missing.toString());
            assertThat(failure(AioFiles.copy(source, subdirectory, options)))
                    .hasMessageContaining(subdirectory + ": it is a directory");
            assertThat(failure(AioFiles.copy(source, fifo, options))).isInstanceOf(FileSystemException.class);
        }
        assertThat(names()).containsExactly("directory", "fifo", "source");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anExceptionOfTheProgressListenerIsReportedAfterCleanUp(boolean replaces) throws IOException {
        fill(20 * BLOCK);
        CopyOption[] options = replaces ? new CopyOption[] {REPLACE_EXISTING} : new CopyOption[0];
        if (replaces) {
            Files.write(target, OLD);
        }
        IOException enough = new IOException("enough");

        Throwable failure = failure(AioFiles.using(AioContext.shared())
                .copy(
                        source,
                        target,
                        (done, _) -> {
                            if (done > 5 * BLOCK) {
                                throw enough;
                            }
                        },
                        options));

        assertThat(failure).isSameAs(enough).hasNoSuppressedExceptions();
        if (replaces) {
            assertThat(names()).containsExactly("source", "target");
            assertThat(target).hasBinaryContent(OLD);
        } else {
            assertNothingMade();
        }
    }

    /** A copy that stops after its first block and continues on request. */
    private final class Paused {
        final AtomicInteger calls = new AtomicInteger();
        final CountDownLatch proceed = new CountDownLatch(1);
        final CompletableFuture<Long> future;

        Paused(CopyOption... options) throws IOException, InterruptedException {
            fill(50 * BLOCK);
            CountDownLatch reached = new CountDownLatch(1);
            future = AioFiles.using(AioContext.shared())
                    .copy(
                            source,
                            target,
                            (_, _) -> {
                                calls.incrementAndGet();
                                reached.countDown();
                                try {
                                    proceed.await();
                                } catch (InterruptedException e) {
                                    throw new IOException(e);
                                }
                            },
                            options);
            assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPartialCopyWithAttributesIsReadableOnlyByItsOwner(boolean replaces) throws Exception {
        fill(1);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-r--r--"));
        Acl.setDefault(directory, "u::rwx,u:12345:rwx,g::rwx,m::rwx,o::rwx");
        Paused copy = replaces ? new Paused(COPY_ATTRIBUTES, REPLACE_EXISTING) : new Paused(COPY_ATTRIBUTES);

        for (String name : names()) {
            if (!name.equals("source")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                        .as(name)
                        .isEqualTo("rw-------");
            }
        }
        copy.proceed.countDown();
        copy.future.join();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void aCancelledCopyIsRemoved() throws Exception {
        Paused copy = new Paused();
        assertThat(target).exists();
        assertThat(copy.future.cancel(true)).isTrue();
        copy.proceed.countDown();

        Await.until("the partial copy is removed", () -> Files.notExists(target));
        assertNothingMade();
        assertThat(copy.calls).hasValue(1);
    }

    @Test
    void aCopyThatTimesOutKeepsTheOldTarget() throws Exception {
        Files.write(target, OLD);
        Paused copy = new Paused(REPLACE_EXISTING);
        assertThat(failure(copy.future.orTimeout(1, TimeUnit.MILLISECONDS))).isInstanceOf(TimeoutException.class);
        copy.proceed.countDown();

        Await.until("the partial copy is removed", () -> {
            try {
                return names().size() == 2;
            } catch (IOException e) {
                return false;
            }
        });
        assertThat(target).hasBinaryContent(OLD);
        assertThat(copy.calls).hasValue(1);
    }

    @Test
    void aFileThatReplacedThePartialCopyIsKept() throws Exception {
        Paused copy = new Paused();
        Files.delete(target);
        Files.write(target, OLD);
        copy.future.cancel(true);
        copy.proceed.countDown();

        Await.until(
                "the half one is closed",
                () -> Descriptors.targets().stream().noneMatch(open -> open.startsWith(directory.toString())));

        assertThat(target).hasBinaryContent(OLD);
    }

    @Test
    void aCopyWithoutSpaceLeavesNoFile() throws IOException {
        fill(20 * BLOCK);
        try (Volume volume = Volume.ext4(directory, 16)) {
            Path full = volume.path().resolve("target");
            for (CopyOption[] options : new CopyOption[][] {{}, {REPLACE_EXISTING}}) {
                assertThat(failure(AioFiles.copy(source, full, options)))
                        .isInstanceOfSatisfying(
                                AioException.class,
                                e -> assertThat(e.errnoName()).isEqualTo("ENOSPC"));
                try (var left = Files.list(volume.path())) {
                    assertThat(left.map(file -> file.getFileName().toString())).containsExactly("lost+found");
                }
            }
        }
    }

    @Test
    void bufferedCopyingWorksWithoutDirectIo() throws IOException {
        byte[] bytes = fill(3 * BLOCK + 1);
        try (Volume volume = Volume.ramfs(directory)) {
            Path inMemory = volume.path().resolve("target");
            assertThat(failure(AioFiles.copy(source, inMemory))).hasMessageContaining("no direct I/O");
            assertThat(inMemory).doesNotExist();

            AioFiles.copy(source, inMemory, AioOpenOption.DIRECT_IF_SUPPORTED).join();
            assertThat(inMemory).hasBinaryContent(bytes);
            AioFiles.copy(inMemory, target, AioOpenOption.DIRECT_IF_SUPPORTED).join();
            assertThat(target).hasBinaryContent(bytes);
        }
    }
}

package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.Statx;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that take the place of others: whatever the kernel refuses, no other file is left, and no descriptor. */
class ReplacementFaultsTest extends FakeKernelFixture {
    private static final byte[] OLD = Bytes.random(3, 700);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AioContext aio;
    private int descriptors;

    @BeforeEach
    void open() throws IOException {
        aio = open(2);
        descriptors = kernel.openDescriptors();
    }

    private AtomicReplacement create(Path path, boolean replaces, boolean durable) throws IOException {
        Path known = Path.of("known to the caller");
        return AtomicReplacement.create(
                aio, new AtomicReplacement.Target(path, known, replaces, durable), Set.of(WRITE, CREATE_NEW));
    }

    private AtomicReplacement replacement() throws IOException {
        kernel.put(PATH.toString(), OLD);
        return create(PATH, true, false);
    }

    /** Puts the old file into a directory that exists for the JDK and for the fake kernel. */
    private Path inDirectory() {
        for (Path parent = directory.toAbsolutePath(); parent != null; parent = parent.getParent()) {
            kernel.putDirectory(parent.toString());
        }
        Path path = directory.toAbsolutePath().resolve("file");
        kernel.put(path.toString(), OLD);
        return path;
    }

    private void assertNothingIsOpen() {
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
        assertThat(Descriptors.targets())
                .doesNotContain(directory.toAbsolutePath().toString());
    }

    private void assertOnlyTheOldFile() {
        assertThat(contents()).isEqualTo(OLD);
        assertThat(kernel.count(FakeCall.UNLINK)).as("deleted").isEqualTo(1);
        assertNothingIsOpen();
    }

    private static void assertErrno(Throwable thrown, int errno) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommittedFileHasItsName(boolean durable) throws IOException {
        Path path = inDirectory();
        try (AtomicReplacement replacement = create(path, true, durable)) {
            assertThat(replacement.file().write(block(5), 0).join()).isEqualTo(BLOCK);
            assertThat(kernel.contents(path.toString())).isEqualTo(OLD);
            replacement.commit();
            assertThat(replacement.file().isOpen()).isFalse();
        }
        assertThat(kernel.contents(path.toString())).hasSize(BLOCK).containsOnly(5);
        assertThat(kernel.count(FakeCall.UNLINK)).isZero();
        assertNothingIsOpen();
    }

    @Test
    void aFileThatIsNotCommittedIsDeleted() throws IOException {
        replacement().close();

        assertOnlyTheOldFile();
    }

    @Test
    void aNewFileUnderItsOwnNameIsDeletedUnlessCommitted() throws IOException {
        create(PATH, false, false).close();
        assertThat(contents()).isNull();

        try (AtomicReplacement kept = create(PATH, false, false)) {
            kept.commit();
        }
        assertThat(contents()).isEmpty();
        assertThat(kernel.count(FakeCall.RENAME)).isZero();
        assertNothingIsOpen();
    }

    @Test
    void aFileThatExistsIsNotDeletedByANewOne() {
        kernel.put(PATH.toString(), OLD);

        assertThatThrownBy(() -> create(PATH, false, false)).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(contents()).isEqualTo(OLD);
        assertThat(kernel.count(FakeCall.UNLINK)).isZero();
    }

    @Test
    void aRefusedRenameKeepsTheOldFile() throws IOException {
        try (AtomicReplacement replacement = replacement()) {
            kernel.fail(FakeCall.RENAME, Errno.EIO, 1);
            Throwable thrown = catchThrowable(replacement::commit);
            assertErrno(thrown, Errno.EIO);
            assertThat(thrown).hasMessageContaining("known to the caller");
        }
        assertOnlyTheOldFile();
    }

    @Test
    void aFileThatCannotBeDeletedIsReportedAndClosed() throws IOException {
        AtomicReplacement replacement = replacement();
        kernel.fail(FakeCall.UNLINK, Errno.EROFS, 1);

        Throwable thrown = catchThrowable(replacement::close);

        assertErrno(thrown, Errno.EROFS);
        assertThat(thrown).hasMessageContaining("unlink").hasMessageContaining("known to the caller");
        assertNothingIsOpen();
    }

    @Test
    void aFileThatIsGoneAlreadyIsNoFailure() throws IOException {
        AtomicReplacement replacement = replacement();
        kernel.fail(FakeCall.UNLINK, Errno.ENOENT, 1);

        replacement.close();

        assertNothingIsOpen();
    }

    @Test
    void aNameThatCannotBeMadeDurableIsReportedAndKept() throws IOException {
        // The proc filesystem cannot sync a directory.
        kernel.putDirectory("/proc");
        kernel.put("/proc/name", OLD);
        Throwable thrown;
        try (AtomicReplacement replacement = create(Path.of("/proc/name"), true, true)) {
            replacement.file().write(block(6), 0).join();
            thrown = catchThrowable(replacement::commit);
        }

        assertThat(thrown)
                .isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith("known to the caller has its new contents")
                .hasCauseInstanceOf(IOException.class);
        assertThat(kernel.contents("/proc/name")).hasSize(BLOCK).containsOnly(6);
        assertThat(kernel.count(FakeCall.UNLINK)).isZero();
        assertThat(Descriptors.targets()).doesNotContain("/proc");
    }

    @Test
    void aFileThatCannotBeOpenedIsDeleted() {
        Path path = inDirectory();
        kernel.fail(FakeCall.FCNTL, Errno.EIO, 1);
        kernel.fail(FakeCall.UNLINK, Errno.EBUSY, 1);

        // Whoever opened it could not delete it.
        assertErrno(catchThrowable(() -> create(path, true, true)), Errno.EIO);

        assertThat(kernel.count(FakeCall.UNLINK)).isEqualTo(2);
        assertNothingIsOpen();
    }

    @Test
    void aFileThatCanBeNeitherOpenedNorDeletedReportsBoth() {
        kernel.fail(FakeCall.FCNTL, Errno.EIO, 1);
        kernel.fail(FakeCall.UNLINK, Errno.EROFS, 2);

        Throwable thrown = catchThrowable(() -> create(PATH, true, false));

        assertErrno(thrown, Errno.EIO);
        assertThat(thrown.getSuppressed()).hasSize(1);
        assertErrno(thrown.getSuppressed()[0], Errno.EROFS);
    }

    @Test
    void aMissingDirectoryIsReportedBeforeAnythingIsDone() {
        Path path = directory.toAbsolutePath().resolve("none").resolve("file");
        long before = kernel.count(FakeCall.OPEN);

        assertThatThrownBy(() -> create(path, true, true))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage("known to the caller");

        assertThat(kernel.count(FakeCall.OPEN)).isEqualTo(before);
    }

    @Test
    void aMissingFileIsReplacedByNone() throws IOException {
        try (ReplacedFile none = ReplacedFile.find(kernel, PATH, true)) {
            assertThat(none.exists()).isFalse();
            try (AtomicReplacement replacement = create(PATH, true, false)) {
                none.giveAttributesTo(replacement.file());
            }
        }
        assertThat(kernel.count(FakeCall.FCHMOD)).isZero();
        assertNothingIsOpen();
    }

    @Test
    void aReplacedFileGivesItsModeAndIsClosed() throws IOException {
        try (AtomicReplacement replacement = replacement();
                ReplacedFile old = ReplacedFile.find(kernel, PATH, true)) {
            assertThat(old.exists()).isTrue();
            old.giveAttributesTo(replacement.file());
            int mode = Statx.of(kernel, CoreAccess.core().descriptor(replacement.file()))
                    .mode();
            assertThat(Integer.toOctalString(mode & 07777)).isEqualTo("644");
        }
        assertNothingIsOpen();
    }

    @Test
    void aDirectoryIsNotReplaced() {
        assertThatThrownBy(() -> ReplacedFile.find(kernel, Path.of("/fake"), true))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("it is a directory")
                .hasMessageContaining("regular files only");
        assertNothingIsOpen();
    }

    @Test
    void aFileThatCannotBeLookedAtIsNotReplaced() {
        kernel.put(PATH.toString(), OLD);
        kernel.fail(FakeCall.STATX, Errno.EIO, 1);
        assertErrno(catchThrowable(() -> ReplacedFile.find(kernel, PATH, true)), Errno.EIO);
        assertNothingIsOpen();

        kernel.fail(FakeCall.OPEN, Errno.EACCES, 1);
        assertThatThrownBy(() -> ReplacedFile.find(kernel, PATH, true)).isInstanceOf(AccessDeniedException.class);
        assertNothingIsOpen();
    }
}

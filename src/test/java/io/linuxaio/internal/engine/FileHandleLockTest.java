package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import java.nio.channels.OverlappingFileLockException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Locks of files, against other open files and within one. */
class FileHandleLockTest extends FileHandleFixture {
    private static final boolean SHARED = true;
    private static final boolean WAITS = true;

    private final Object owner = new Object();
    private final Object another = new Object();
    private final FileHandle file = open();
    private final FileHandle other = open();

    @AfterEach
    void close() {
        file.closeWhenIdle();
        other.closeWhenIdle();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void anExclusiveLockExcludesOtherOpenFiles() {
        assertThat(file.lock(owner, !SHARED, !WAITS)).isZero();

        assertThat(other.lock(another, !SHARED, !WAITS)).isEqualTo(FileHandle.LOCKED_BY_OTHER);
        assertThat(other.lock(another, SHARED, !WAITS)).isEqualTo(FileHandle.LOCKED_BY_OTHER);
        assertThat(other.isLockedBy(another)).isFalse();
        assertThat(file.unlock(owner)).isZero();
        assertThat(other.lock(another, !SHARED, !WAITS)).isZero();
        assertThat(other.unlock(another)).isZero();
    }

    @Test
    void sharedLocksExcludeOnlyExclusiveOnes() {
        assertThat(file.lock(owner, SHARED, !WAITS)).isZero();
        assertThat(other.lock(another, SHARED, WAITS)).isZero();
        assertThat(other.unlock(another)).isZero();

        assertThat(other.lock(another, !SHARED, !WAITS)).isEqualTo(FileHandle.LOCKED_BY_OTHER);
        assertThat(file.unlock(owner)).isZero();
    }

    /** A kernel that refuses a lock that is waited for, for a lack of its memory for example. */
    @Test
    void aLockThatIsWaitedForIsNotReportedAsThatOfAnother() {
        assertThat(file.lock(owner, !SHARED, WAITS)).isZero();

        assertThat(other.lock(another, !SHARED, WAITS)).isEqualTo(-Errno.EAGAIN);
        assertThat(file.unlock(owner)).isZero();
    }

    @Test
    void aFileHasOneLock() {
        FileHandle view = file.view(BLOCK, false, RequestFlags.NONE);
        assertThat(file.lock(owner, SHARED, !WAITS)).isZero();

        assertThatThrownBy(() -> view.lock(another, SHARED, !WAITS)).isInstanceOf(OverlappingFileLockException.class);

        assertThat(view.isLockedBy(owner)).isTrue();
        assertThat(view.isLockedBy(another)).isFalse();
        assertThat(view.unlock(owner)).isZero();
        assertThat(file.isLockedBy(owner)).isFalse();
        assertThat(file.lock(another, SHARED, !WAITS)).isZero();
        assertThat(file.unlock(another)).isZero();
    }

    @Test
    void signalsDoNotEndTheWaitForALock() {
        kernel.fail(FakeCall.FLOCK, Errno.EINTR, 3);

        assertThat(file.lock(owner, !SHARED, WAITS)).isZero();

        assertThat(file.isLockedBy(owner)).isTrue();
        assertThat(file.unlock(owner)).isZero();
    }

    @Test
    void onlyTheOwnerUnlocks() {
        assertThat(file.lock(owner, !SHARED, !WAITS)).isZero();

        assertThat(file.unlock(another)).isZero();

        assertThat(file.isLockedBy(owner)).isTrue();
        assertThat(other.lock(another, !SHARED, !WAITS)).isEqualTo(FileHandle.LOCKED_BY_OTHER);
        assertThat(file.unlock(owner)).isZero();
    }

    @Test
    void aFailedUnlockIsReportedAndEndsTheLock() {
        assertThat(file.lock(owner, !SHARED, !WAITS)).isZero();
        kernel.fail(FakeCall.FLOCK, Errno.EIO, 1);

        assertThat(file.unlock(owner)).isEqualTo(-Errno.EIO);

        assertThat(file.isLockedBy(owner)).isFalse();
        assertThat(file.uses().uses()).isZero();
    }

    @Test
    void aLockEndsWithItsFile() {
        assertThat(file.lock(owner, !SHARED, !WAITS)).isZero();
        file.closeWhenIdle();
        long before = kernel.count(FakeCall.FLOCK);

        assertThat(file.isLockedBy(owner)).isFalse();
        assertThat(file.unlock(owner)).isZero();
        assertThat(kernel.count(FakeCall.FLOCK)).isEqualTo(before);
        assertThat(other.lock(another, !SHARED, !WAITS)).isZero();
        assertThat(other.unlock(another)).isZero();
    }
}

package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.internal.kernel.OFlags;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Short transfers, whose rest is resubmitted: no byte is lost or written elsewhere. */
class ShortTransfersTest extends KernelAioContextFixture {
    private static final int LENGTH = 4 * BLOCK;

    private AbstractListAssert<?, List<? extends Tuple>, Tuple, ObjectAssert<Tuple>> assertThatRequests() {
        return assertThat(kernel.requests()).extracting(FakeRequest::buffer, FakeRequest::count, FakeRequest::position);
    }

    private void assertWritten(MemorySegment source, int position) {
        byte[] contents = kernel.contents(PATH);
        assertThat(Arrays.copyOfRange(contents, position, contents.length)).isEqualTo(bytes(source));
    }

    @Test
    void aWriteContinuesWhereItStopped() {
        MemorySegment source = pattern(LENGTH);
        kernel.script(FakeOutcome.shortBy(BLOCK), FakeOutcome.shortBy(2 * BLOCK));

        assertThat(run(Opcode.WRITE, source, BLOCK)).isEqualTo(new Ended(0, 1000, LENGTH, LENGTH));

        assertThatRequests()
                .containsExactly(
                        tuple(source.address(), (long) LENGTH, (long) BLOCK),
                        tuple(source.address() + BLOCK, (long) LENGTH - BLOCK, 2L * BLOCK),
                        tuple(source.address() + 3 * BLOCK, (long) BLOCK, 4L * BLOCK));
        assertWritten(source, BLOCK);
        assertThat(engine.shortTransfers()).isEqualTo(2);
    }

    /** Direct I/O cannot start inside a block. */
    @Test
    void aWriteThatStopsInsideABlockWritesThatBlockAgain() {
        MemorySegment source = pattern(LENGTH);
        kernel.script(FakeOutcome.shortBy(2 * BLOCK + 100));

        assertThat(run(Opcode.WRITE, source, 0).result()).isEqualTo(LENGTH);

        assertThatRequests()
                .containsExactly(
                        tuple(source.address(), (long) LENGTH, 0L),
                        tuple(source.address() + 2 * BLOCK, 2L * BLOCK, 2L * BLOCK));
        assertWritten(source, 0);
    }

    @Test
    void aBufferedWriteContinuesAtAnyByte() {
        file = open(OFlags.READ_WRITE, 1, false);
        MemorySegment source = pattern(1000);
        kernel.script(FakeOutcome.shortBy(1), FakeOutcome.shortBy(332));

        assertThat(run(Opcode.WRITE, source, 3).result()).isEqualTo(1000);

        assertThatRequests()
                .containsExactly(
                        tuple(source.address(), 1000L, 3L),
                        tuple(source.address() + 1, 999L, 4L),
                        tuple(source.address() + 333, 667L, 336L));
        assertWritten(source, 3);
    }

    @Test
    void aVectoredWriteSkipsTransferredBytes() {
        MemorySegment source = pattern(LENGTH);
        MemorySegment[] segments = {
            source.asSlice(0, BLOCK), source.asSlice(BLOCK, 2 * BLOCK), source.asSlice(3 * BLOCK, BLOCK)
        };
        kernel.script(FakeOutcome.shortBy(BLOCK), FakeOutcome.shortBy(BLOCK + 17), FakeOutcome.shortBy(BLOCK));

        assertThat(run(Opcode.WRITEV, segments, BLOCK).result()).isEqualTo(LENGTH);

        assertThat(kernel.requests())
                .extracting(
                        request -> request.extents().getFirst().address(),
                        FakeRequest::count,
                        FakeRequest::length,
                        FakeRequest::position)
                .containsExactly(
                        tuple(source.address(), 3L, (long) LENGTH, (long) BLOCK),
                        tuple(source.address() + BLOCK, 2L, 3L * BLOCK, 2L * BLOCK),
                        tuple(source.address() + 2 * BLOCK, 2L, 2L * BLOCK, 3L * BLOCK),
                        tuple(source.address() + 3 * BLOCK, 1L, (long) BLOCK, 4L * BLOCK));
        assertWritten(source, BLOCK);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, BLOCK - 1})
    void aWriteThatMakesNoProgressFails(long moved) {
        kernel.script(FakeOutcome.shortBy(BLOCK), FakeOutcome.shortBy(moved));

        assertThat(run(Opcode.WRITE, pattern(LENGTH), 0))
                .isEqualTo(new Ended(0, 1000, error(Errno.EIO), BLOCK + moved));

        assertThat(kernel.requests()).hasSize(2);
    }

    @Test
    void anErrorAfterAPartReportsThePart() {
        kernel.script(FakeOutcome.shortBy(BLOCK), FakeOutcome.shortBy(BLOCK), FakeOutcome.error(Errno.ENOSPC));

        assertThat(run(Opcode.WRITE, pattern(LENGTH), 0)).isEqualTo(new Ended(0, 1000, error(Errno.ENOSPC), 2 * BLOCK));
    }

    @Test
    void anErrorAtOnceReportsZeroBytes() {
        kernel.script(FakeOutcome.error(Errno.EIO));

        assertThat(run(Opcode.WRITE, pattern(LENGTH), 0)).isEqualTo(new Ended(0, 1000, error(Errno.EIO), 0));
        assertThat(engine.shortTransfers()).isZero();
    }

    @Test
    void anAppendContinuesAtTheEnd() {
        kernel.put(PATH, new byte[BLOCK]);
        file = open(OFlags.WRITE_ONLY | OFlags.APPEND, BLOCK, true);
        MemorySegment source = pattern(LENGTH);
        kernel.script(FakeOutcome.shortBy(BLOCK));

        assertThat(run(Opcode.WRITE, source, 0).result()).isEqualTo(LENGTH);

        assertWritten(source, BLOCK);
    }

    /** Part of the block would otherwise be in the file twice. */
    @Test
    void anAppendThatStopsInsideABlockIsNotWrittenAgain() {
        file = open(OFlags.WRITE_ONLY | OFlags.APPEND, BLOCK, true);
        kernel.script(FakeOutcome.shortBy(BLOCK + 1));

        assertThat(run(Opcode.WRITE, pattern(LENGTH), 0)).isEqualTo(new Ended(0, 1000, error(Errno.EIO), BLOCK + 1));

        assertThat(kernel.requests()).hasSize(1);
        assertThat(kernel.contents(PATH)).hasSize(BLOCK + 1);
    }

    @Test
    void aReadContinuesWhereItStopped() {
        byte[] contents = bytes(pattern(LENGTH));
        kernel.put(PATH, contents);
        file = open(OFlags.READ_ONLY, BLOCK, false);
        MemorySegment target = arena.allocate(LENGTH, 4096);
        kernel.script(FakeOutcome.shortBy(BLOCK));

        assertThat(run(Opcode.READ, target, 0).result()).isEqualTo(LENGTH);

        assertThatRequests()
                .containsExactly(
                        tuple(target.address(), (long) LENGTH, 0L),
                        tuple(target.address() + BLOCK, 3L * BLOCK, (long) BLOCK));
        assertThat(bytes(target)).isEqualTo(contents);
    }

    @Test
    void aVectoredReadContinuesWhereItStopped() {
        byte[] contents = bytes(pattern(LENGTH));
        kernel.put(PATH, contents);
        file = open(OFlags.READ_ONLY, BLOCK, false);
        MemorySegment target = arena.allocate(LENGTH, 4096);
        kernel.script(FakeOutcome.shortBy(2 * BLOCK));

        MemorySegment[] segments = {target.asSlice(0, 3 * BLOCK), target.asSlice(3 * BLOCK)};
        assertThat(run(Opcode.READV, segments, 0).result()).isEqualTo(LENGTH);

        assertThat(bytes(target)).isEqualTo(contents);
    }

    /** A filesystem may end a read in the middle of a file, as FUSE and network filesystems do. */
    @Test
    void aReadThatStopsInsideABlockReadsThatBlockAgain() {
        byte[] contents = bytes(pattern(LENGTH));
        kernel.put(PATH, contents);
        file = open(OFlags.READ_ONLY, BLOCK, false);
        MemorySegment target = arena.allocate(LENGTH, 4096);
        kernel.script(
                FakeOutcome.shortBy(BLOCK + 10), FakeOutcome.shortBy(BLOCK - 1), FakeOutcome.shortBy(2 * BLOCK + 1));

        assertThat(run(Opcode.READ, target, 0).result()).isEqualTo(LENGTH);

        assertThatRequests()
                .containsExactly(
                        tuple(target.address(), (long) LENGTH, 0L),
                        tuple(target.address() + BLOCK, 3L * BLOCK, (long) BLOCK),
                        tuple(target.address() + BLOCK, 3L * BLOCK, (long) BLOCK),
                        tuple(target.address() + 3 * BLOCK, (long) BLOCK, 3L * BLOCK));
        assertThat(bytes(target)).isEqualTo(contents);
    }

    @Test
    void aVectoredReadThatStopsInsideABlockReadsThatBlockAgain() {
        byte[] contents = bytes(pattern(LENGTH));
        kernel.put(PATH, contents);
        file = open(OFlags.READ_ONLY, BLOCK, false);
        MemorySegment target = arena.allocate(LENGTH, 4096);
        kernel.script(FakeOutcome.shortBy(2 * BLOCK + 100));

        MemorySegment[] segments = {target.asSlice(0, 3 * BLOCK), target.asSlice(3 * BLOCK)};
        assertThat(run(Opcode.READV, segments, 0).result()).isEqualTo(LENGTH);

        assertThat(bytes(target)).isEqualTo(contents);
    }

    @Test
    void aReadWithoutProgressInsideABlockIsAtTheEndOfTheFile() {
        kernel.put(PATH, new byte[BLOCK + 10]);
        file = open(OFlags.READ_ONLY, BLOCK, false);

        assertThat(run(Opcode.READ, pattern(LENGTH), 0)).isEqualTo(new Ended(0, 1000, BLOCK + 10, BLOCK + 10));

        assertThat(kernel.requests()).extracting(FakeRequest::position).containsExactly(0L, (long) BLOCK);
    }

    @Test
    void aReadThatStopsAtTheKnownLengthIsNotResubmitted() {
        kernel.put(PATH, new byte[BLOCK + 10]);
        file = open(OFlags.READ_ONLY, BLOCK, false);
        file.length().set(BLOCK + 10);

        assertThat(run(Opcode.READ, pattern(LENGTH), 0)).isEqualTo(new Ended(0, 1000, BLOCK + 10, BLOCK + 10));

        assertThat(kernel.requests()).hasSize(1);
    }

    /** The bytes before are overwritten, and their memory may have changed. */
    @Test
    void aFileTruncatedBetweenAttemptsEndsAtItsNewLength() {
        kernel.put(PATH, new byte[LENGTH]);
        file = open(OFlags.READ_ONLY, BLOCK, false);
        kernel.script(FakeOutcome.shortBy(2 * BLOCK + 100), FakeOutcome.shortBy(7));

        assertThat(run(Opcode.READ, pattern(LENGTH), 0).result()).isEqualTo(2 * BLOCK + 7);

        assertThat(kernel.requests()).hasSize(2);
    }

    @Test
    void anErrorAfterAPartOfABlockReportsTheWholeBlocks() {
        kernel.put(PATH, new byte[LENGTH]);
        file = open(OFlags.READ_ONLY, BLOCK, false);
        kernel.script(FakeOutcome.shortBy(2 * BLOCK + 100), FakeOutcome.error(Errno.EIO));

        assertThat(run(Opcode.READ, pattern(LENGTH), 0)).isEqualTo(new Ended(0, 1000, error(Errno.EIO), 2 * BLOCK));
    }

    @Test
    void aReadThatStopsBetweenBlocksIsResubmittedOnce() {
        kernel.put(PATH, new byte[2 * BLOCK]);
        file = open(OFlags.READ_ONLY, BLOCK, false);

        assertThat(run(Opcode.READ, pattern(LENGTH), BLOCK).result()).isEqualTo(BLOCK);

        assertThat(kernel.requests()).hasSize(2);
    }

    @Test
    void aReadThatFailsAfterAPartFails() {
        kernel.put(PATH, new byte[LENGTH]);
        file = open(OFlags.READ_ONLY, BLOCK, false);
        kernel.script(FakeOutcome.shortBy(BLOCK), FakeOutcome.error(Errno.EIO));

        assertThat(run(Opcode.READ, pattern(LENGTH), 0)).isEqualTo(new Ended(0, 1000, error(Errno.EIO), BLOCK));
    }

    @Test
    void anInterruptedTransferStartsAgain() {
        MemorySegment source = pattern(LENGTH);
        kernel.script(
                FakeOutcome.interrupted(),
                FakeOutcome.shortBy(BLOCK),
                FakeOutcome.interrupted(),
                FakeOutcome.interrupted());

        assertThat(run(Opcode.WRITE, source, 0).result()).isEqualTo(LENGTH);

        assertThat(kernel.requests()).extracting(FakeRequest::position).containsExactly(0L, 0L, 512L, 512L, 512L);
        assertWritten(source, 0);
    }

    @Test
    void anInterruptedSyncStartsAgain() {
        kernel.script(FakeOutcome.interrupted());

        assertThat(run(Opcode.DATA_SYNC, null, 0).result()).isZero();

        assertThat(kernel.requests()).hasSize(2).allMatch(FakeRequest::isSync);
    }

    @Test
    void aRestRefusedWithEagainIsRetried() {
        MemorySegment source = pattern(LENGTH);
        kernel.script(FakeOutcome.shortBy(BLOCK));
        submit(0, Opcode.WRITE, source, 0);
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 3);

        reapUntil(1);

        assertThat(ended).containsExactly(new Ended(0, 1000, LENGTH, LENGTH));
        assertThat(engine.submitRetries()).isEqualTo(3);
        assertWritten(source, 0);
    }

    @Test
    void aRestThatTheKernelRefusesFailsAndReportsTheBytesTransferred() {
        kernel.script(FakeOutcome.shortBy(BLOCK));
        submit(0, Opcode.WRITE, pattern(LENGTH), 0);
        kernel.refuse(_ -> true, Errno.ENOMEM);

        reapUntil(1);

        assertThat(ended).containsExactly(new Ended(0, 1000, error(Errno.ENOMEM), BLOCK));
    }

    /** An operation that would have blocked belongs to the reaping thread until another has it. */
    @Test
    void anErrorWhileAnOperationIsHandedOverLosesNothing() {
        MemorySegment source = pattern(LENGTH);
        kernel.script(FakeOutcome.error(Errno.EAGAIN));
        Slot slot = prepare(0, Opcode.WRITE, source, 0);
        assertThat(slot.tryWithoutBlocking()).isTrue();
        assertThat(engine.submit(slot)).isEqualTo(1);
        CompletionSink fails = new CompletionSink() {
            @Override
            public void onCompletion(Slot completed) {
                take(completed);
            }

            @Override
            public void onWouldBlock(Slot refused) {
                throw new OutOfMemoryError("of the test");
            }
        };

        assertThatThrownBy(() -> engine.reap(1, PATIENCE_NANOS, fails)).isInstanceOf(OutOfMemoryError.class);
        reapUntil(1);

        assertThat(ended).containsExactly(new Ended(0, 1000, LENGTH, LENGTH));
        assertWritten(source, 0);
    }
}

package io.linuxaio.random;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioRequestFlag;
import io.linuxaio.FileContents;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletionException;

/** The thread of a {@link RandomWalk} that owns a file and appends to it, one operation at a time. */
final class RandomAppender implements Runnable {
    private static final int LARGEST_FILE = 1 << 20;
    private static final int MAX_UNITS = 8;

    private final RandomWalk walk;
    private final Random decisions;
    private final AioFile file;
    private final AioFile appending;
    private final FileContents contents;
    private final int unit;
    private final byte[] expected = new byte[LARGEST_FILE];
    private int end;

    RandomAppender(RandomWalk walk, Random decisions, AioFile file, FileContents contents) throws IOException {
        this.walk = walk;
        this.decisions = decisions;
        this.file = file;
        this.contents = contents;
        appending = file.with(AioRequestFlag.APPEND);
        unit = file.alignment().offset();
    }

    @Override
    public void run() {
        try (AioArena arena = AioArena.ofShared()) {
            MemorySegment memory = arena.allocate((long) MAX_UNITS * unit);
            while (walk.goesOn()) {
                Random random = new Random(decisions.nextLong());
                if (end + MAX_UNITS * unit > LARGEST_FILE) {
                    check();
                    truncate(random.nextInt(4) * unit);
                } else if (random.nextInt(4) > 0) {
                    append(random, memory);
                } else {
                    readEnd(random, memory);
                }
            }
        } catch (Throwable e) {
            walk.fail(e);
        }
    }

    private void append(Random random, MemorySegment memory) throws IOException {
        MemorySegment segment = memory.asSlice(0, (1L + random.nextInt(MAX_UNITS)) * unit);
        byte[] bytes = new byte[(int) segment.byteSize()];
        random.nextBytes(bytes);
        segment.copyFrom(MemorySegment.ofArray(bytes));
        // Wherever it is aimed at.
        long position = (long) random.nextInt(1000) * unit;
        AioContext context = walk.context(random);
        int count;
        try {
            count = context.write(appending, segment, position).join();
        } catch (CompletionException e) {
            if (isRefused(context, e.getCause())) {
                return;
            }
            reported();
            appendedInPart(bytes, AllowedOutcome.moved(walk, e.getCause(), bytes.length));
            return;
        }
        reported();
        if (count != bytes.length) {
            throw new AssertionError(count + " bytes of " + bytes.length + " were appended");
        }
        System.arraycopy(bytes, 0, expected, end, count);
        end += count;
        assertThat(file.size()).as("size of %s", file).isEqualTo(end);
    }

    private void reported() {
        walk.tally().count(OperationCounts.Kind.APPENDS);
        walk.tally().submittedToContext();
    }

    private boolean isRefused(AioContext context, Throwable thrown) {
        boolean refused = AllowedOutcome.isRefusedAtClosing(context, thrown);
        if (refused) {
            walk.tally().count(OperationCounts.Kind.REFUSED_AT_CLOSING);
        }
        return refused;
    }

    /** Requires that at least so many bytes were appended, and no others. */
    private void appendedInPart(byte[] bytes, long min) throws IOException {
        byte[] there = contents.at(end, bytes.length + 1);
        if (there.length < min || there.length > bytes.length) {
            throw new AssertionError(there.length + " bytes were appended, " + min + " were reported");
        }
        if (Arrays.mismatch(there, Arrays.copyOf(bytes, there.length)) >= 0) {
            throw new AssertionError("other bytes were appended");
        }
        truncate(end);
    }

    private void truncate(int length) throws IOException {
        walk.persistently(() -> {
            file.setLength(length);
            return length;
        });
        end = length;
        walk.tally().count(OperationCounts.Kind.TRUNCATES);
    }

    private void readEnd(Random random, MemorySegment memory) {
        memory.fill(ModelledFile.UNREAD);
        int from = Math.max(0, end - random.nextInt(MAX_UNITS + 1) * unit);
        AioContext context = walk.context(random);
        int count;
        try {
            count = context.read(appending, memory, from).join();
        } catch (CompletionException e) {
            if (isRefused(context, e.getCause())) {
                return;
            }
            walk.tally().submittedToContext();
            AllowedOutcome.moved(walk, e.getCause(), memory.byteSize());
            return;
        }
        walk.tally().count(OperationCounts.Kind.READS);
        walk.tally().submittedToContext();
        if (count != Math.min(end - from, memory.byteSize())
                || memory.asSlice(0, count)
                                .mismatch(MemorySegment.ofArray(expected).asSlice(from, count))
                        >= 0) {
            throw new AssertionError("read of the end at " + from + ": " + count + " bytes, end " + end);
        }
    }

    /** Compares the whole file, read without this library. */
    void check() {
        byte[] there = contents.at(0, LARGEST_FILE + 1);
        assertThat(there.length).as("length of %s", file).isEqualTo(end);
        assertThat(Arrays.mismatch(there, Arrays.copyOf(expected, end)))
                .as("first difference in %s", file)
                .isEqualTo(-1);
    }

    void close() throws IOException {
        file.close();
    }
}

package io.linuxaio;

import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.PinnedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * A write of exactly the caller's bytes. Blocks of a direct file that are written in part, its edges, are read, modified
 * and written under a lock of the file. If the file ends within such a block, or is not readable, the edges go through the
 * page cache instead: the kernel then changes no other byte, and the length becomes exact.
 *
 * <p>A page of an edge in the page cache must not be written by direct I/O at the same time. So the lock covers all writes
 * that do not begin and end at multiples of a page, and a direct middle beside such an edge consists of whole pages.
 */
final class FullWrite extends FullTransfer {
    private static final int PAGE = 4096;

    /** The unit of direct writes beside edges in the page cache, in bytes. */
    private final int pageUnit;

    /** Null until the lock is requested; it completes when this transfer owns the lock. */
    private CompletableFuture<Integer> lock;

    private boolean planned;

    /** True if edges go through the page cache. */
    private boolean cached;

    /** The file that the present piece is written to. */
    private AioFile target;

    /** The edge blocks of the piece to be read before it is written, each null if there is none. */
    private MemorySegment head;

    private MemorySegment tail;

    FullWrite(AioContext context, AioFile file, PinnedMemory memory, long position) {
        super(context, file, memory, position);
        pageUnit = Math.max(PAGE, file.alignment().offset());
    }

    private boolean isAppending() {
        return file.handle().isAppending();
    }

    private boolean needsLock() {
        return file.isDirect() && (isAppending() || ((position | end) & pageUnit - 1L) != 0);
    }

    @Override
    boolean isOneOperation() throws IOException {
        if (needsLock()) {
            return false;
        }
        plan();
        if (piece.last() < end) {
            return false;
        }
        piece.copyIn(reached, end);
        return true;
    }

    @Override
    Opcode opcode() {
        return piece.isVectored() ? Opcode.WRITEV : Opcode.WRITE;
    }

    @Override
    CompletableFuture<Integer> next() throws IOException {
        if (reached == end) {
            return null;
        }
        if (lock == null && needsLock()) {
            lock = EdgeLocks.acquire(file.key(), !blocking);
            return lock;
        }
        if (piece == null) {
            plan();
        }
        if (head != null) {
            return context.start(Opcode.READ, file, head, piece.first(), head.byteSize());
        } else if (tail != null) {
            return context.start(Opcode.READ, file, tail, piece.last() - tail.byteSize(), tail.byteSize());
        }
        piece.copyIn(reached, Math.min(end, piece.last()));
        return start(opcode(), target);
    }

    @Override
    void completed(Integer count) {
        if (count == null) {
            // The lock.
            return;
        }
        if (head != null) {
            loaded(count == head.byteSize());
            head = null;
        } else if (tail != null) {
            loaded(count == tail.byteSize());
            tail = null;
        } else {
            reached = Math.min(end, piece.last());
            releasePiece();
        }
    }

    /** Goes on after an edge block was read: through the page cache if the file was shortened meanwhile. */
    private void loaded(boolean isWhole) {
        if (!isWhole) {
            tail = null;
            cached = true;
            releasePiece();
        }
    }

    private void plan() throws IOException {
        if (!planned) {
            cached = needsCache();
            planned = true;
        }
        if (cached) {
            planCached();
        } else {
            planDirect(end);
            planEdges();
        }
    }

    private boolean needsCache() throws IOException {
        if (!file.isDirect()) {
            return false;
        }
        if (isAppending()) {
            return true;
        }
        AioAlignment alignment = file.alignment();
        if (((position | end) & alignment.offset() - 1L) == 0) {
            return false;
        }
        return !file.isReadable() || !file.isBlockDevice() && end > alignment.roundDown(file.size());
    }

    private void planDirect(long to) {
        target = file;
        piece = TransferPiece.plan(file.alignment(), memory, position, reached, to);
    }

    private void planEdges() {
        boolean hasHead = piece.first() < reached;
        boolean hasTail = piece.last() > end;
        if (!hasHead && !hasTail) {
            return;
        }
        int unit = file.alignment().offset();
        if (!piece.isVectored()) {
            // One read of a single buffer covers both.
            head = (MemorySegment) piece.memory();
        } else {
            head = hasHead ? piece.head(unit) : null;
            tail = hasTail ? piece.tail(unit) : null;
        }
    }

    private void planCached() throws IOException {
        long offset = reached & pageUnit - 1L;
        long middle = end & -pageUnit;
        if (!isAppending() && offset == 0 && middle > reached) {
            planDirect(middle);
            return;
        }
        long rest = isAppending() ? end - reached : pageUnit - offset;
        target = file.cached();
        piece = TransferPiece.plan(
                AioAlignment.NONE, memory, position, reached, end - reached <= rest ? end : reached + rest);
    }

    @Override
    void close() {
        super.close();
        CompletableFuture<Integer> owned = lock;
        lock = null;
        if (owned == null) {
            return;
        }
        if (owned.isDone()) {
            EdgeLocks.release(file.key());
        } else {
            owned.thenRun(() -> EdgeLocks.release(file.key()));
        }
    }
}

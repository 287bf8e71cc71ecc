package io.linuxaio;

import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.PinnedMemory;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** A read of exactly as many bytes as the caller's memory has. */
final class FullRead extends FullTransfer {
    /** True if the last operation made no progress. */
    private boolean stalled;

    FullRead(AioContext context, AioFile file, PinnedMemory memory, long position) {
        super(context, file, memory, position);
    }

    @Override
    boolean isOneOperation() throws IOException {
        plan();
        return piece.last() >= end;
    }

    @Override
    Opcode opcode() {
        return piece.isVectored() ? Opcode.READV : Opcode.READ;
    }

    private void plan() throws IOException {
        AioAlignment alignment = file.alignment();
        if (end > alignment.roundDown(Long.MAX_VALUE)) {
            throw Errors.unreachable(file.path(), position);
        }
        piece = TransferPiece.plan(alignment, memory, position, reached, end);
    }

    @Override
    CompletableFuture<Integer> next() throws IOException {
        if (reached == end) {
            return null;
        }
        if (piece == null) {
            plan();
        }
        return start(opcode(), file);
    }

    @Override
    void completed(Integer count) throws IOException {
        long before = reached;
        long now = Math.min(end, piece.first() + count);
        boolean isShort = now < Math.min(end, piece.last());
        if (now > before) {
            piece.copyOut(before, now);
            reached = now;
        }
        releasePiece();
        if (isShort) {
            requireMore(reached > before);
        }
    }

    /** Throws if the file ends where the last operation ended. */
    private void requireMore(boolean progress) throws IOException {
        long size = file.size();
        if (reached >= size) {
            throw new EOFException(file.path() + " ends at " + size + ": " + (end - position) + " bytes at position "
                    + position + " were requested");
        }
        if (stalled && !progress) {
            throw Errors.endsEarly(file.path(), position, end - position, reached - position, size);
        }
        stalled = !progress;
    }
}

package io.linuxaio.artemis.aio;

import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioFullQueuePolicy;
import io.linuxaio.AioPoller;
import io.linuxaio.artemis.NativeFile;
import io.linuxaio.artemis.NativeQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/**
 * A queue over an {@link AioPoller}: submits operations, and lets a {@link Delivery} have what completes.
 *
 * <p>Operations that the library refuses for their arguments are accepted here, as they are by the kernel, and fail by
 * their callbacks.
 */
final class JournalQueue implements NativeQueue {
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();
    private static final int OVER = -1;

    private final AioPoller poller;
    private final ZeroFiller filler;
    private final boolean waits;
    private final OperationTable inFlight = new OperationTable();
    private final Delivery delivery;
    private final PollLock polling = new PollLock();
    private final AioCompletionHandler handler = this::completed;

    private JournalQueue(AioPoller poller, ZeroFiller filler, boolean waits, boolean syncs) {
        this.poller = poller;
        this.filler = filler;
        this.waits = waits;
        delivery = new Delivery(syncs);
    }

    static JournalQueue open(int depth, boolean waits, boolean syncs) {
        AioPoller poller = null;
        ZeroFiller filler = null;
        JournalQueue queue = null;
        try {
            poller = AioPoller.builder()
                    .queueDepth(depth)
                    .onFullQueue(AioFullQueuePolicy.WAIT)
                    .open();
            filler = ZeroFiller.open();
            queue = new JournalQueue(poller, filler, waits, syncs);
            return queue;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } finally {
            if (queue == null && poller != null) {
                poller.close();
            }
        }
    }

    @Override
    public void read(NativeFile file, long position, int size, ByteBuffer target, SubmitInfo callback)
            throws IOException {
        submit(false, file, position, size, target, callback);
    }

    @Override
    public void write(NativeFile file, long position, int size, ByteBuffer source, SubmitInfo callback)
            throws IOException {
        submit(true, file, position, size, source, callback);
    }

    private void submit(
            boolean isWrite, NativeFile nativeFile, long position, int size, ByteBuffer buffer, SubmitInfo callback)
            throws IOException {
        Objects.requireNonNull(callback, "callback");
        JournalFile file = (JournalFile) nativeFile;
        requireArguments(file, position, size, buffer);
        if (!poller.isOpen()) {
            throw new IOException("the context is closed");
        }
        if (!file.tryAcquire()) {
            throw new IOException("the file is closed: " + file);
        }
        if (!submit(new Operation(file, callback, isWrite), position, size, buffer)) {
            throw new IOException("the queue is full: " + poller.depth() + " operations are in flight");
        }
    }

    /** Submits an operation that has acquired its file. Once it is accepted, it belongs to the polling thread. */
    private boolean submit(Operation operation, long position, int size, ByteBuffer buffer) throws IOException {
        int number = inFlight.add(operation);
        boolean isAccepted = false;
        try {
            isAccepted = submit(operation, number, position, memory(buffer, size));
            return isAccepted;
        } catch (IllegalArgumentException e) {
            operation.failUnseen(buffer.isDirect() ? Errors.EINVAL : Errors.EFAULT, e.getMessage());
            inFlight.remove(number);
            isAccepted = true;
            delivery.add(operation);
            poller.wakeup();
            return true;
        } catch (RejectedExecutionException | IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            if (!isAccepted) {
                inFlight.remove(number);
                operation.file().release();
            }
        }
    }

    private static void requireArguments(JournalFile file, long position, int size, ByteBuffer buffer)
            throws IOException {
        if (position < 0 || size < 0 || size > buffer.capacity()) {
            throw new IOException("not a part of " + file + " and of a buffer of " + buffer.capacity() + " bytes: "
                    + size + " bytes at position " + position);
        }
    }

    private static MemorySegment memory(ByteBuffer buffer, int size) {
        return MemorySegment.ofBuffer(buffer.duplicate().clear().limit(size));
    }

    private boolean submit(Operation operation, int number, long position, MemorySegment memory) {
        var file = operation.file().file();
        if (operation.isWrite()) {
            if (!waits) {
                return poller.tryWrite(file, memory, position, number);
            }
            poller.write(file, memory, position, number);
        } else {
            if (!waits) {
                return poller.tryRead(file, memory, position, number);
            }
            poller.read(file, memory, position, number);
        }
        return true;
    }

    private void completed(long number, int result) {
        Operation operation = inFlight.remove((int) number);
        if (result < 0) {
            operation.fail(-result, operation.isWrite() ? "write" : "read");
        }
        delivery.add(operation);
    }

    @Override
    public void fill(NativeFile file, int alignment, long size) throws IOException {
        filler.fill((JournalFile) file, alignment, size);
    }

    @Override
    public void poll() {
        if (!polling.enter()) {
            return;
        }
        try {
            boolean isOver = false;
            while (!isOver) {
                try {
                    isOver = poller.await(1, FOREVER, handler) == OVER;
                } finally {
                    delivery.call();
                }
            }
        } finally {
            exit();
        }
    }

    @Override
    public int poll(SubmitInfo[] callbacks, int min, int max) {
        Objects.checkFromToIndex(min, max, callbacks.length);
        if (!polling.enter()) {
            throw new IllegalStateException("the context is closed");
        }
        try {
            boolean isOver = poller.poll(handler) == OVER;
            while (!isOver && delivery.size() < min) {
                isOver = poller.await(min - delivery.size(), FOREVER, handler) == OVER;
            }
            return delivery.store(callbacks, max);
        } finally {
            exit();
        }
    }

    private void exit() {
        if (polling.exit()) {
            finish();
        }
    }

    @Override
    public boolean close() {
        if (!polling.close()) {
            return false;
        }
        poller.shutdown();
        if (polling.awaitExit()) {
            finish();
        }
        return true;
    }

    /** Releases the queue when no thread polls any more. */
    private void finish() {
        try {
            poller.close();
            filler.close();
        } finally {
            delivery.cancel(inFlight.removeAll());
        }
    }
}

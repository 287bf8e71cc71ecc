package io.linuxaio.testing.fuse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The server of a {@link FaultyFilesystem}, in memory: errors, short reads, late replies, and writes lost in a power
 * failure. It runs in a process of its own, since a process that waits for itself cannot even be killed.
 */
final class FaultyServer {
    private static final int ENOENT = 2;
    private static final int EIO = 5;
    private static final int ENOSYS = 38;

    private static final int MAJOR = 7;
    private static final int MINOR = 31;

    /** {@code FUSE_ASYNC_READ}, {@code FUSE_BIG_WRITES}, {@code FUSE_ASYNC_DIO}, {@code FUSE_MAX_PAGES}. */
    private static final int FLAGS = 1 | 1 << 5 | 1 << 15 | 1 << 22;

    /** The maximum number of background requests: the kernel would not send more. */
    private static final short MAX_AT_ONCE = 4096;

    /** {@code FOPEN_DIRECT_IO} and {@code FOPEN_PARALLEL_DIRECT_WRITES}: every request comes here. */
    private static final int OPEN_FLAGS = 1 | 1 << 6;

    private final FuseDevice device = new FuseDevice();
    private final FaultyDirectory directory = new FaultyDirectory();
    private final List<InjectedFault> faults = new ArrayList<>();
    private final List<FuseRequest> held = new ArrayList<>();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private boolean powered = true;
    private boolean failsAtFlush;
    private long seedOfLoss;
    private int kept;
    private int lost;

    /** Serves until unmounted. */
    void serve() throws IOException {
        FuseRequest request;
        while ((request = device.next()) != null && request.opcode() != FuseOpcode.DESTROY) {
            receive(request);
        }
        later.shutdownNow();
    }

    private synchronized void receive(FuseRequest request) throws IOException {
        if (failsAtFlush && request.opcode() == FuseOpcode.FSYNC) {
            failsAtFlush = false;
            losePower(seedOfLoss, kept);
            notifyAll();
        }
        InjectedFault fault = faultOf(request);
        if (fault == null) {
            answer(request, Integer.MAX_VALUE);
            return;
        }
        switch (fault.what()) {
            case FAIL -> device.fail(request, fault.argument());
            case CUT -> answer(request, fault.argument());
            case HOLD -> {
                held.add(request);
                notifyAll();
            }
            case DELAY -> later.schedule(() -> answerLate(request), fault.argument(), TimeUnit.MILLISECONDS);
        }
    }

    /** Returns the first fault for a request and counts it down, or null if there is none. */
    private InjectedFault faultOf(FuseRequest request) {
        for (int i = 0; i < faults.size(); i++) {
            InjectedFault fault = faults.get(i);
            if (fault.kind().equals(request.opcode().name())) {
                InjectedFault rest = fault.afterOne();
                faults.set(i, rest);
                if (rest.isSpent()) {
                    faults.remove(i);
                }
                return fault.skip() > 0 ? null : fault;
            }
        }
        return null;
    }

    private synchronized void answerLate(FuseRequest request) {
        try {
            answer(request, Integer.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(FuseRequest request, int max) throws IOException {
        long node = request.node();
        switch (request.opcode()) {
            case INIT -> device.succeed(request, init());
            case LOOKUP -> answerEntry(request, directory.node(request.name(0)));
            case FORGET, BATCH_FORGET -> {
                // Requires no reply.
            }
            case GETATTR -> device.succeed(request, directory.attributes(node));
            case SETATTR -> {
                directory.resize(request);
                device.succeed(request, directory.attributes(node));
            }
            case CREATE -> device.succeed(request, created(directory.create(request.name(16))));
            case OPEN, OPENDIR -> device.succeed(request, opened(request.opcode() == FuseOpcode.OPEN));
            case UNLINK -> {
                if (directory.remove(request.name(0))) {
                    device.succeed(request, ByteBuffer.allocate(0));
                } else {
                    device.fail(request, ENOENT);
                }
            }
            case READDIR ->
                device.succeed(
                        request,
                        directory.list(request.body().getLong(8), request.body().getInt(16)));
            case STATFS -> device.succeed(request, FaultyDirectory.space());
            case READ, WRITE, FSYNC -> transfer(request, max);
            case RELEASE, RELEASEDIR, FLUSH -> device.succeed(request, ByteBuffer.allocate(0));
            default -> device.fail(request, ENOSYS);
        }
    }

    private void answerEntry(FuseRequest request, Long node) throws IOException {
        if (node == null) {
            device.fail(request, ENOENT);
        } else {
            device.succeed(request, directory.entry(node));
        }
    }

    private void transfer(FuseRequest request, int max) throws IOException {
        if (!powered) {
            device.fail(request, EIO);
            return;
        }
        FaultyFile file = directory.file(request.node());
        ByteBuffer body = request.body();
        switch (request.opcode()) {
            case READ ->
                device.succeed(request, ByteBuffer.wrap(file.read(body.getLong(8), Math.min(max, body.getInt(16)))));
            case WRITE -> {
                int length = body.getInt(16);
                file.write(body.getLong(8), body.array(), 40, length);
                device.succeed(request, FaultyDirectory.buffer(8).putInt(length).rewind());
            }
            default -> {
                file.flush();
                device.succeed(request, ByteBuffer.allocate(0));
            }
        }
    }

    /** Returns a {@code struct fuse_init_out}. */
    private static ByteBuffer init() {
        return FaultyDirectory.buffer(64)
                .putInt(MAJOR)
                .putInt(MINOR)
                .putInt(0)
                .putInt(FLAGS)
                .putShort(MAX_AT_ONCE)
                .putShort(MAX_AT_ONCE)
                .putInt(FuseDevice.MAX_WRITE)
                .putInt(1)
                .putShort((short) (FuseDevice.MAX_WRITE / 4096))
                .rewind();
    }

    /** Returns a {@code struct fuse_open_out}. */
    private static ByteBuffer opened(boolean file) {
        return FaultyDirectory.buffer(16)
                .putLong(0)
                .putInt(file ? OPEN_FLAGS : 0)
                .rewind();
    }

    private ByteBuffer created(long node) {
        return FaultyDirectory.buffer(144)
                .put(directory.entry(node))
                .put(opened(true))
                .rewind();
    }

    /** Injects a fault from now on. */
    synchronized void inject(InjectedFault fault) {
        faults.add(fault);
    }

    /** Removes all faults; held requests stay held. */
    synchronized void removeFaults() {
        faults.clear();
    }

    /** Waits until so many requests are held. */
    synchronized void awaitHeld(int count) throws InterruptedException {
        while (held.size() < count) {
            wait();
        }
    }

    /** Answers the first so many held requests: with an error number, or normally for 0. */
    synchronized int release(int max, int errno) throws IOException {
        int count = Math.min(max, held.size());
        List<FuseRequest> first = held.subList(0, count);
        for (FuseRequest request : first) {
            if (errno == 0) {
                answer(request, Integer.MAX_VALUE);
            } else {
                device.fail(request, errno);
            }
        }
        first.clear();
        return count;
    }

    /** Fails all requests from now on, and loses unflushed writes. */
    synchronized int losePower(long seed, int keep) {
        powered = false;
        lost = directory.losePower(new Random(seed), keep);
        return lost;
    }

    /** As {@link #losePower}, at the worst moment: when the next flush has arrived and is not done yet. */
    synchronized int losePowerAtFlush(long seed, int keep) throws InterruptedException {
        seedOfLoss = seed;
        kept = keep;
        failsAtFlush = true;
        while (failsAtFlush) {
            wait();
        }
        return lost;
    }

    synchronized void power() {
        powered = true;
    }

    /** Arguments: the control socket and the mount point. */
    public static void main(String[] args) throws Exception {
        FaultyServer server = new FaultyServer();
        Thread control = new Thread(new FaultyControl(server, args[0], args[1]), "control");
        control.setDaemon(true);
        control.start();
        server.serve();
    }
}

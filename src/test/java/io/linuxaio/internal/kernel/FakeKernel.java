package io.linuxaio.internal.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A Linux in memory: files, contexts and what can go wrong with them, as tests script it.
 *
 * <p>It behaves as the kernel documents (the contract suite holds it to that), in the strictest way allowed: a context
 * takes no more operations than it was asked for. Data moves when an operation completes, so an operation that is held
 * back touches its memory late. Safe for use by any thread. Files live under {@code /fake}.
 */
public final class FakeKernel extends FakeLinux {
    private static final long HANG_SECONDS = 30;

    /**
     * A call of io_submit.
     *
     * @param asked how many pointers it came with
     * @param answer what it answered
     * @param accepted the requests that were taken
     */
    public record Submission(long asked, int answer, List<FakeRequest> accepted) {}

    /** One in which nothing goes wrong but what a test wants to. */
    public FakeKernel() {
        super(new FakeFaults(), true);
    }

    private FakeKernel(FakeFaults faults) {
        super(faults, false);
    }

    /** One in which all kinds of things go wrong, for long: it does not keep a list of the calls. */
    public static FakeKernel withRandomFaults(long seed) {
        return new FakeKernel(new RandomFaults(seed));
    }

    /** Makes the next calls of this kind fail; EINTR, EAGAIN and errors alike. */
    public synchronized void fail(FakeCall call, int errno, int times) {
        faults.fail(call, errno, times);
    }

    /** The next io_submit that is not made to fail takes so many at most; call it again for the one after. */
    public synchronized void acceptAtMost(int count) {
        faults.acceptAtMost(count);
    }

    /** The first request to come that fits is refused by io_submit. */
    public synchronized void refuse(Predicate<FakeRequest> which, int errno) {
        faults.refuse(which, errno);
    }

    /** From here on every request that fits is refused by io_submit. */
    public synchronized void refuseAll(Predicate<FakeRequest> which, int errno) {
        faults.refuseAll(which, errno);
    }

    /**
     * Makes io_submit or io_getevents return the same number from here on, at once: 0, more than there are, or -errno.
     * An io_submit that lies takes nothing; an io_getevents that returns a positive number hands out the events it has.
     */
    public synchronized void lie(FakeCall call, int answer) {
        faults.lie(call, answer);
        notifyAll();
    }

    /** Makes a call that lies honest again. */
    public synchronized void stopLying(FakeCall call) {
        faults.stopLying(call);
        notifyAll();
    }

    /** Forgets all contexts, also those whose io_destroy failed. */
    public synchronized void destroyAll() {
        contexts.clear();
    }

    /** Shows memory of the test's own as the ring of events of every context. Events come by io_getevents alone. */
    public synchronized void showRing(long address) {
        ring = address;
    }

    /** Returns how many calls of a kind there were, also those that lied. */
    public synchronized long count(FakeCall call) {
        return counts.getOrDefault(call, 0L);
    }

    /** How the next requests on files are carried out, in the order of their submission; normally after that. */
    public synchronized void script(FakeOutcome... outcomes) {
        faults.script(outcomes);
    }

    /** The events of the next so many completions on files stand in the ring twice. */
    public synchronized void duplicateEvents(int count) {
        faults.duplicateEvents(count);
    }

    /** Puts an event into the ring of every context that belongs to nothing, and so is nobody's loss. */
    public synchronized void addEvent(long data, long result) {
        contexts.values().forEach(context -> context.add(new FakeContext.Event(data, 0, result, true)));
        notifyAll();
    }

    /** From here on operations on files do not complete until released. */
    public synchronized void hold() {
        holding = true;
    }

    /** The operations held back, in the order of their submission. */
    public synchronized List<FakeRequest> held() {
        return contexts.values().stream()
                .flatMap(context -> context.held().stream())
                .map(FakeContext.Held::request)
                .toList();
    }

    /** Waits until so many operations are held back. */
    public synchronized void awaitHeld(int count) throws InterruptedException {
        await(() -> held().size() >= count, count + " operations held back");
    }

    /** Completes one of the operations held back, counted from 0 in the order of their submission. */
    public synchronized void release(int index) {
        int left = index;
        for (FakeContext context : contexts.values()) {
            if (left < context.held().size()) {
                FakeContext.Held held = context.takeHeld(left);
                complete(context, held.request(), held.outcome());
                return;
            }
            left -= context.held().size();
        }
        throw new IllegalArgumentException("not so many are held: " + index);
    }

    /** Completes all that is held back; nothing is from here on. */
    public synchronized void releaseAll() {
        holding = false;
        while (!held().isEmpty()) {
            release(0);
        }
    }

    /** Waits until a thread waits for events. */
    public synchronized void awaitWaiting() throws InterruptedException {
        await(() -> waiting > 0, "a thread in io_getevents");
    }

    /** Whether it is this thread that waits for events. */
    public synchronized boolean isWaiting(Thread thread) {
        return waitingThreads.contains(thread);
    }

    private interface Condition {
        boolean holds();
    }

    private void await(Condition condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
        while (!condition.holds()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("waited in vain for " + what);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Opens with O_DIRECT fail from here on. */
    public synchronized void refuseDirectIo() {
        files.refuseDirectIo();
    }

    /** What statx says of alignment; 0 and 0 where there is no direct I/O. */
    public synchronized void alignment(int memory, int offset) {
        files.alignment(memory, offset);
    }

    /** Lets statx say nothing of alignment, as kernels before 6.1. */
    public synchronized void hideAlignment() {
        files.hideAlignment();
    }

    /** A file's contents, or null where there is none. */
    public synchronized byte[] contents(String path) {
        FakeFile file = files.file(path);
        return file == null ? null : file.contents();
    }

    /** What a file has from a position on; fewer bytes than asked for where it ends. */
    public synchronized byte[] contents(String path, long position, int length) {
        byte[] bytes = new byte[length];
        return Arrays.copyOf(bytes, files.file(path).read(position, bytes));
    }

    /** Makes a file, or replaces one. */
    public synchronized void put(String path, byte[] contents) {
        FakeFile file = FakeFile.regular(0644);
        file.write(0, contents);
        files.put(path, file);
    }

    /** Makes a directory. */
    public synchronized void putDirectory(String path) {
        files.put(path, FakeFile.directory());
    }

    /** Removes a file. */
    public synchronized void remove(String path) {
        files.remove(path);
    }

    /** All calls of io_submit. */
    public synchronized List<Submission> submissions() {
        return List.copyOf(submissions);
    }

    /** The requests on files that were accepted, in order. */
    public synchronized List<FakeRequest> requests() {
        return submissions.stream()
                .flatMap(submission -> submission.accepted().stream())
                .filter(request -> !request.device())
                .toList();
    }

    /** All calls, in order; those of io_getevents when they return. */
    public synchronized List<FakeCall> calls() {
        return List.copyOf(calls);
    }

    /** How many descriptors are open. */
    public synchronized int openDescriptors() {
        return files.openDescriptors();
    }

    /** How many contexts there are. */
    public synchronized int openContexts() {
        return contexts.size();
    }

    /** How many contexts were destroyed with operations on files in flight or their events not taken: results that are lost. */
    public synchronized int destroyedTooEarly() {
        return destroyedTooEarly;
    }
}

package io.linuxaio.internal.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A Linux in memory: files, contexts, and faults scripted by tests.
 *
 * <p>It behaves as documented for Linux, which the contract suite verifies, and as strictly as permitted: a context accepts no more operations than requested. Data moves when an operation completes, so an operation that is held
 * back touches its memory late. Safe for use by any thread. Files live under {@code /fake}.
 */
public final class FakeKernel extends FakeLinux {
    private static final long HANG_SECONDS = 30;

    /**
     * A call of io_submit.
     *
     * @param asked the number of pointers
     * @param answer the return value
     * @param accepted the accepted requests
     */
    public record Submission(long asked, int answer, List<FakeRequest> accepted) {}

    /** Creates a kernel with only the faults that a test scripts. */
    public FakeKernel() {
        super(new FakeFaults(), true);
    }

    private FakeKernel(FakeFaults faults) {
        super(faults, false);
    }

    /** Creates a kernel with all kinds of faults for long runs, which keeps no list of the calls. */
    public static FakeKernel withRandomFaults(long seed) {
        return new FakeKernel(new RandomFaults(seed));
    }

    /** Makes the next calls of this kind fail; EINTR, EAGAIN and errors alike. */
    public synchronized void fail(FakeCall call, int errno, int times) {
        faults.fail(call, errno, times);
    }

    /** Limits the next io_submit that does not fail to so many requests; each further call applies to the one after. */
    public synchronized void limitAcceptance(int count) {
        faults.limitAcceptance(count);
    }

    /** Makes io_submit refuse the first matching request. */
    public synchronized void refuse(Predicate<FakeRequest> which, int errno) {
        faults.refuse(which, errno);
    }

    /** Makes io_submit refuse every matching request from now on. */
    public synchronized void refuseAll(Predicate<FakeRequest> which, int errno) {
        faults.refuseAll(which, errno);
    }

    /**
     * Makes io_submit or io_getevents return a fixed number from now on: 0, too many, or -errno. Such an io_submit
     * accepts nothing; such an io_getevents returns its available events if the number is positive.
     */
    public synchronized void fixResult(FakeCall call, int answer) {
        faults.fixResult(call, answer);
        notifyAll();
    }

    /** Ends the fixed return value of a call. */
    public synchronized void endFixedResult(FakeCall call) {
        faults.endFixedResult(call);
        notifyAll();
    }

    /** Forgets all contexts, also those whose io_destroy failed. */
    public synchronized void destroyAll() {
        contexts.clear();
    }

    /** Shows memory of the test as the ring of events of every context. Only io_getevents returns events. */
    public synchronized void showRing(long address) {
        ring = address;
    }

    /** Returns the number of calls of a kind, including those with a fixed return value. */
    public synchronized long count(FakeCall call) {
        return counts.getOrDefault(call, 0L);
    }

    /** Scripts the outcomes of the next requests on files, in the order of their submission. */
    public synchronized void script(FakeOutcome... outcomes) {
        faults.script(outcomes);
    }

    /** Duplicates the events of the next completions on files. */
    public synchronized void duplicateEvents(int count) {
        faults.duplicateEvents(count);
    }

    /** Adds a stray event to the ring of every context. */
    public synchronized void addEvent(long data, long result) {
        contexts.values().forEach(context -> context.add(new FakeContext.Event(data, 0, result, true)));
        notifyAll();
    }

    /** Holds operations on files back from now on, until they are released. */
    public synchronized void hold() {
        holding = true;
    }

    /** Returns the operations held back, in the order of their submission. */
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
                FakeContext.Held held = context.removeHeld(left);
                complete(context, held.request(), held.outcome());
                return;
            }
            left -= context.held().size();
        }
        throw new IllegalArgumentException("fewer requests are held: " + index);
    }

    /** Completes all operations held back, and holds none from now on. */
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

    /** Returns {@code true} if this thread waits for events. */
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
                throw new AssertionError("timed out waiting for " + what);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Makes opens with O_DIRECT fail from now on. */
    public synchronized void refuseDirectIo() {
        files.refuseDirectIo();
    }

    /** Sets the alignment of statx; 0 and 0 if there is no direct I/O. */
    public synchronized void alignment(int memory, int offset) {
        files.alignment(memory, offset);
    }

    /** Omits the alignment from statx, as kernels before 6.1 do. */
    public synchronized void hideAlignment() {
        files.hideAlignment();
    }

    /** Returns a file's contents, or null if there is no such file. */
    public synchronized byte[] contents(String path) {
        FakeFile file = files.file(path);
        return file == null ? null : file.contents();
    }

    /** Returns the bytes of a file from a position on; fewer than requested at its end. */
    public synchronized byte[] contents(String path, long position, int length) {
        byte[] bytes = new byte[length];
        return Arrays.copyOf(bytes, files.file(path).read(position, bytes));
    }

    /** Creates or replaces a file. */
    public synchronized void put(String path, byte[] contents) {
        FakeFile file = FakeFile.regular(0644);
        file.write(0, contents);
        files.put(path, file);
    }

    /** Creates a directory. */
    public synchronized void putDirectory(String path) {
        files.put(path, FakeFile.directory());
    }

    /** Removes a file. */
    public synchronized void remove(String path) {
        files.remove(path);
    }

    /** Returns all calls of io_submit. */
    public synchronized List<Submission> submissions() {
        return List.copyOf(submissions);
    }

    /** Returns the accepted requests on files, in order. */
    public synchronized List<FakeRequest> requests() {
        return submissions.stream()
                .flatMap(submission -> submission.accepted().stream())
                .filter(request -> !request.device())
                .toList();
    }

    /** Returns all calls, in order; those of io_getevents when they return. */
    public synchronized List<FakeCall> calls() {
        return List.copyOf(calls);
    }

    /** Returns the number of open descriptors. */
    public synchronized int openDescriptors() {
        return files.openDescriptors();
    }

    /** Returns the number of contexts. */
    public synchronized int openContexts() {
        return contexts.size();
    }

    /**
     * Returns the number of contexts destroyed with file operations in flight or events not reaped: results that are
     * lost.
     */
    public synchronized int destroyedTooEarly() {
        return destroyedTooEarly;
    }
}

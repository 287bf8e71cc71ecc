package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.abi.statx;
import io.linuxaio.internal.abi.timespec;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The system calls of {@link FakeKernel}. This object's lock guards all state, and waiters wait on it. */
public abstract class FakeLinux implements Kernel {
    private static final long FIRST_CONTEXT = 0x7f00_0000_0000L;
    private static final long CONTEXT_SIZE = 0x1000;

    final FakeFiles files = new FakeFiles();
    final FakeFaults faults;
    final Map<Long, FakeContext> contexts = new TreeMap<>();
    final List<FakeKernel.Submission> submissions = new ArrayList<>();
    final List<FakeCall> calls = new ArrayList<>();
    final Map<FakeCall, Long> counts = new EnumMap<>(FakeCall.class);
    boolean holding;
    int waiting;
    final Set<Thread> waitingThreads = new HashSet<>();
    int destroyedTooEarly;
    long ring;
    private long nextContext = FIRST_CONTEXT;

    private final boolean remembers;

    /** @param remembers {@code true} to keep a list of all calls */
    FakeLinux(FakeFaults faults, boolean remembers) {
        this.faults = faults;
        this.remembers = remembers;
    }

    private void remember(FakeCall call) {
        counts.merge(call, 1L, Long::sum);
        if (remembers) {
            calls.add(call);
        }
    }

    private int begin(FakeCall call) {
        remember(call);
        return faults.failure(call);
    }

    @Override
    public synchronized long setup(int depth) {
        int failure = begin(FakeCall.SETUP);
        if (failure != 0) {
            return failure;
        }
        if (depth <= 0) {
            return -Errno.EINVAL;
        }
        long context = nextContext;
        nextContext += CONTEXT_SIZE;
        contexts.put(context, new FakeContext(depth));
        return context;
    }

    @Override
    public synchronized long eventRing(long context) {
        return ring;
    }

    @Override
    public synchronized int destroy(long context) {
        int failure = begin(FakeCall.DESTROY);
        FakeContext gone = contexts.get(context);
        if (failure != 0 || gone == null) {
            return failure != 0 ? failure : -Errno.EINVAL;
        }
        if (gone.hasResults()) {
            destroyedTooEarly++;
        }
        while (!gone.held().isEmpty()) {
            FakeContext.Held held = gone.removeHeld(0);
            complete(gone, held.request(), held.outcome());
        }
        contexts.remove(context);
        notifyAll();
        return 0;
    }

    @Override
    public synchronized int submit(long context, long count, long iocbs) {
        Integer fixedResult = faults.fixedResult(FakeCall.SUBMIT);
        if (fixedResult != null) {
            counts.merge(FakeCall.SUBMIT, 1L, Long::sum);
            return fixedResult;
        }
        int failure = begin(FakeCall.SUBMIT);
        FakeContext target = contexts.get(context);
        List<FakeRequest> accepted = new ArrayList<>();
        int answer = failure;
        if (answer == 0) {
            answer = target == null || count < 0 ? -Errno.EINVAL : submit(target, count, iocbs, accepted);
        }
        if (remembers) {
            submissions.add(new FakeKernel.Submission(count, answer, List.copyOf(accepted)));
        }
        notifyAll();
        return answer;
    }

    private int submit(FakeContext context, long count, long iocbs, List<FakeRequest> accepted) {
        MemorySegment pointers = FakeMemory.at(iocbs, count * JAVA_LONG.byteSize());
        long max = faults.acceptable(count);
        for (int i = 0; i < max; i++) {
            int refusal = -Errno.EAGAIN;
            if (!context.isFull()) {
                FakeRequest request = FakeRequest.read(pointers.getAtIndex(JAVA_LONG, i), files);
                refusal = faults.refusal(request);
                refusal = refusal != 0 ? refusal : request.admission(files);
                if (refusal == 0) {
                    iocb.aio_key(FakeMemory.at(request.iocbAddress(), iocb.sizeof()), 0);
                    accepted.add(request);
                    start(context, request);
                }
            }
            if (refusal != 0) {
                return i > 0 ? i : refusal;
            }
        }
        return (int) max;
    }

    private void start(FakeContext context, FakeRequest request) {
        FakeOutcome outcome = faults.outcome(request);
        if (holding && !request.device()) {
            context.hold(request, outcome);
        } else {
            complete(context, request, outcome);
        }
    }

    final void complete(FakeContext context, FakeRequest request, FakeOutcome outcome) {
        long result = FakeTransfers.carryOut(files, request, outcome);
        FakeContext.Event event =
                new FakeContext.Event(request.data(), request.iocbAddress(), result, request.device());
        context.add(event);
        if (faults.duplicatesThis(request)) {
            // Not a lost result: the first of the two events counts.
            context.add(new FakeContext.Event(event.data(), event.object(), result, true));
        }
        notifyAll();
    }

    @Override
    public synchronized int getEvents(long context, long min, long max, long events, long timeout) {
        Integer fixedResult = faults.fixedResult(FakeCall.GET_EVENTS);
        if (fixedResult != null) {
            counts.merge(FakeCall.GET_EVENTS, 1L, Long::sum);
            if (fixedResult > 0 && contexts.containsKey(context)) {
                takeEvents(contexts.get(context), max, events);
            }
            return fixedResult;
        }
        int failure = faults.failure(FakeCall.GET_EVENTS);
        if (failure != 0) {
            remember(FakeCall.GET_EVENTS);
            return failure;
        }
        if (!contexts.containsKey(context) || min < 0 || min > max) {
            return -Errno.EINVAL;
        }
        long deadline = timeout == 0 ? Long.MAX_VALUE : System.nanoTime() + nanos(timeout);
        waiting++;
        waitingThreads.add(Thread.currentThread());
        notifyAll();
        try {
            waitForEvents(context, min, timeout == 0, deadline);
        } catch (InterruptedException e) {
            // A kernel's wait does not know of Java's interrupts; the thread's state is kept.
            Thread.currentThread().interrupt();
        } finally {
            waiting--;
            waitingThreads.remove(Thread.currentThread());
        }
        remember(FakeCall.GET_EVENTS);
        FakeContext source = contexts.get(context);
        return source == null ? -Errno.EINVAL : takeEvents(source, max, events);
    }

    private static long nanos(long timeout) {
        MemorySegment time = FakeMemory.at(timeout, timespec.sizeof());
        return TimeUnit.SECONDS.toNanos(timespec.tv_sec(time)) + timespec.tv_nsec(time);
    }

    private void waitForEvents(long context, long min, boolean forever, long deadline) throws InterruptedException {
        while (contexts.containsKey(context)
                && contexts.get(context).available() < min
                && faults.fixedResult(FakeCall.GET_EVENTS) == null) {
            if (forever) {
                wait();
                continue;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private static int takeEvents(FakeContext source, long max, long events) {
        int count = (int) Math.min(max, source.available());
        MemorySegment array = FakeMemory.at(events, count * io_event.sizeof());
        for (int i = 0; i < count; i++) {
            FakeContext.Event event = source.take();
            MemorySegment target = io_event.asSlice(array, i);
            io_event.data(target, event.data());
            io_event.obj(target, event.object());
            io_event.res(target, event.result());
            io_event.res2(target, 0);
        }
        return count;
    }

    @Override
    public synchronized int open(byte[] path, int flags, int mode) {
        int failure = begin(FakeCall.OPEN);
        return failure != 0 ? failure : files.open(path, flags, mode);
    }

    @Override
    public synchronized int close(int descriptor) {
        int failure = begin(FakeCall.CLOSE);
        int answer = files.close(descriptor);
        return failure != 0 ? failure : answer;
    }

    @Override
    public synchronized int statx(int descriptor, int mask, long address) {
        int failure = begin(FakeCall.STATX);
        return failure != 0 ? failure : files.statx(descriptor, mask, FakeMemory.at(address, statx.sizeof()));
    }

    @Override
    public synchronized int fallocate(int descriptor, int mode, long offset, long length) {
        int failure = begin(FakeCall.FALLOCATE);
        return failure != 0 ? failure : files.fallocate(descriptor, mode, offset, length);
    }

    @Override
    public synchronized int ftruncate(int descriptor, long length) {
        int failure = begin(FakeCall.FTRUNCATE);
        return failure != 0 ? failure : files.ftruncate(descriptor, length);
    }

    @Override
    public synchronized int fsync(int descriptor) {
        int failure = begin(FakeCall.FSYNC);
        return failure != 0 ? failure : files.withFile(descriptor, _ -> 0);
    }

    @Override
    public synchronized int fdatasync(int descriptor) {
        int failure = begin(FakeCall.FDATASYNC);
        return failure != 0 ? failure : files.withFile(descriptor, _ -> 0);
    }

    // A lock that is not free is refused, also if the caller would wait.
    @Override
    public synchronized int flock(int descriptor, int operation) {
        int failure = begin(FakeCall.FLOCK);
        return failure != 0 ? failure : files.flock(descriptor, operation);
    }

    @Override
    public synchronized int reflink(int target, int source) {
        int failure = begin(FakeCall.REFLINK);
        Integer fixedResult = faults.fixedResult(FakeCall.REFLINK);
        if (failure == 0 && fixedResult != null) {
            return fixedResult;
        }
        return failure != 0 ? failure : files.reflink(target, source);
    }

    @Override
    public synchronized int fadvise(int descriptor, long offset, long length, int advice) {
        int failure = begin(FakeCall.FADVISE);
        if (failure != 0) {
            return failure;
        }
        return files.withFile(descriptor, _ -> length < 0 || advice < 0 || advice > 5 ? -Errno.EINVAL : 0);
    }

    @Override
    public synchronized int fcntl(int descriptor, int command, int argument) {
        int failure = begin(FakeCall.FCNTL);
        return failure != 0 ? failure : files.fcntl(descriptor, command, argument);
    }

    @Override
    public synchronized long lseek(int descriptor, long offset, int whence) {
        int failure = begin(FakeCall.LSEEK);
        return failure != 0 ? failure : files.lseek(descriptor, offset, whence);
    }

    @Override
    public synchronized int unlink(byte[] path) {
        int failure = begin(FakeCall.UNLINK);
        return failure != 0 ? failure : files.unlink(path);
    }

    @Override
    public synchronized int rename(byte[] from, byte[] to) {
        int failure = begin(FakeCall.RENAME);
        return failure != 0 ? failure : files.rename(from, to);
    }

    @Override
    public synchronized int fchown(int descriptor, int owner, int group) {
        int failure = begin(FakeCall.FCHOWN);
        return failure != 0 ? failure : files.withFile(descriptor, file -> file.own(owner, group));
    }

    @Override
    public synchronized int fchmod(int descriptor, int mode) {
        int failure = begin(FakeCall.FCHMOD);
        return failure != 0 ? failure : files.withFile(descriptor, file -> file.permit(mode));
    }

    @Override
    public synchronized int getxattr(byte[] path, byte[] name, long value, long size) {
        int failure = begin(FakeCall.GETXATTR);
        return failure != 0
                ? failure
                : files.withFile(path, file -> FakeMemory.store(file.extended().get(key(name)), value, size));
    }

    @Override
    public synchronized int listxattr(byte[] path, long names, long size) {
        int failure = begin(FakeCall.LISTXATTR);
        return failure != 0
                ? failure
                : files.withFile(
                        path, file -> FakeMemory.store(names(file.extended().keySet()), names, size));
    }

    private static byte[] names(Set<String> names) {
        StringBuilder all = new StringBuilder();
        names.forEach(name -> all.append(name).append('\0'));
        return all.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public synchronized int fsetxattr(int descriptor, byte[] name, long value, long size) {
        int failure = begin(FakeCall.FSETXATTR);
        if (failure != 0) {
            return failure;
        }
        if (key(name).indexOf('.') < 0) {
            return -Errno.EOPNOTSUPP;
        }
        byte[] bytes = FakeMemory.at(value, size).toArray(JAVA_BYTE);
        return files.withFile(descriptor, file -> {
            file.extended().put(key(name), bytes);
            return 0;
        });
    }

    @Override
    public synchronized int fremovexattr(int descriptor, byte[] name) {
        int failure = begin(FakeCall.FREMOVEXATTR);
        return failure != 0
                ? failure
                : files.withFile(descriptor, file -> file.extended().remove(key(name)) == null ? -Errno.ENODATA : 0);
    }

    private static String key(byte[] name) {
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}

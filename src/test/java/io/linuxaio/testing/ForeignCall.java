package io.linuxaio.testing;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A native call outside the library that uses a segment until it is ended: a read(2) of an empty pipe into it. During
 * the call, the JDK refuses to close the segment's arena.
 */
public final class ForeignCall implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle PIPE = link("pipe", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            link("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final int in;
    private final int out;
    private final Thread thread;
    private boolean ended;

    private ForeignCall(MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            if ((int) PIPE.invokeExact(ends) != 0) {
                throw new AssertionError("no pipe");
            }
            in = ends.getAtIndex(JAVA_INT, 0);
            out = ends.getAtIndex(JAVA_INT, 1);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        CountDownLatch begun = new CountDownLatch(1);
        thread = Thread.ofPlatform()
                .daemon()
                .name("foreign-" + NUMBERS.incrementAndGet())
                .start(() -> read(memory, begun));
        try {
            begun.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Begins a call, and returns after it has started to use the memory. */
    public static ForeignCall using(MemorySegment memory) {
        ForeignCall call = new ForeignCall(memory);
        Await.until("the call is in the kernel", call::isInKernel);
        return call;
    }

    // For Java a thread in native code is running; for the kernel it sleeps.
    private boolean isInKernel() {
        if (thread.getState() != Thread.State.RUNNABLE) {
            return false;
        }
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.anyMatch(task -> isAsleep(task.resolve("stat")) && isReading(task.resolve("syscall")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isAsleep(Path stat) {
        try {
            return Files.readString(stat).contains("(" + thread.getName() + ") S ");
        } catch (IOException gone) {
            return false;
        }
    }

    // It may sleep earlier too, for example on a lock of the JVM. The second word is the first argument.
    private boolean isReading(Path syscall) {
        try {
            String[] words = Files.readString(syscall).split(" ");
            return words.length > 1 && words[1].equals("0x" + Integer.toHexString(in));
        } catch (IOException notSupported) {
            return true;
        }
    }

    private void read(MemorySegment memory, CountDownLatch begun) {
        begun.countDown();
        try {
            long count = (long) READ.invokeExact(in, memory, memory.byteSize());
            if (count != 0) {
                throw new AssertionError("read returned " + count);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the call. A second call has no effect. */
    public void end() {
        if (!ended) {
            ended = true;
            close(out);
            Await.until("the call has ended", () -> !thread.isAlive());
            close(in);
        }
    }

    private static void close(int descriptor) {
        try {
            int ignored = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        end();
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
    }
}

package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioFlow;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.KernelContexts;
import io.linuxaio.testing.PidsCgroup;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A program in a control group whose limit of threads it sets to their present number. */
final class NoThreadsChild {
    private static final int BLOCK = 4096;
    private static final long SECONDS = 20;

    private final Path directory;
    private final Path group;

    private NoThreadsChild(Path directory, Path group) {
        this.directory = directory;
        this.group = group;
    }

    /** The scenarios without threads. */
    enum Case {
        NON_BLOCKING,
        WHOLE_FILES,
        OPENING,
        FLOW
    }

    public static void main(String[] arguments) throws Exception {
        NoThreadsChild child = new NoThreadsChild(Path.of(arguments[1]), Path.of(arguments[2]));
        switch (Case.valueOf(arguments[0])) {
            case NON_BLOCKING -> child.neverBlock();
            case WHOLE_FILES -> child.wholeFiles();
            case OPENING -> child.opening();
            case FLOW -> child.flow();
        }
        System.out.println("all well");
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    private void withoutThreads() throws IOException {
        PidsCgroup.freeze(group);
        try {
            Thread.ofPlatform().start(() -> {});
        } catch (OutOfMemoryError expected) {
            return;
        }
        throw new AssertionError("a thread could be started");
    }

    private static void join(List<CompletableFuture<Integer>> writes) throws Exception {
        for (CompletableFuture<Integer> write : writes) {
            check(write.get(SECONDS, TimeUnit.SECONDS) == BLOCK, "written whole");
        }
    }

    /** Each write extends the file, which the kernel refuses to do without waiting. */
    private static List<CompletableFuture<Integer>> append(AioFile file, MemorySegment block, int first, int count) {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            writes.add(file.write(block, (long) i * BLOCK));
        }
        return writes;
    }

    private void neverBlock() throws Exception {
        try (AioArena arena = AioArena.ofShared();
                AioContext aio = AioContext.builder()
                        .queueDepth(512)
                        .submission(AioSubmitMode.NON_BLOCKING)
                        .open();
                AioFile file = aio.open(directory.resolve("appended"), READ, WRITE, CREATE)) {
            MemorySegment block = arena.allocate(BLOCK).fill((byte) 1);
            withoutThreads();
            join(append(file, block, 0, 3));
            check(aio.stats().offloaded() == 3, "all by the helper: " + aio.stats());
            // More than the device accepts.
            List<CompletableFuture<Integer>> reads = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                reads.add(file.read(arena.allocate(BLOCK), 0));
            }
            join(reads);
            PidsCgroup.thaw(group);
            join(append(file, block, 3, 100));
            check(file.size() == 103L * BLOCK, "nothing is lost");
        }
    }

    private void wholeFiles() throws Exception {
        Path target = directory.resolve("whole");
        AioContext.shared();
        AioArena arena = AioArena.ofShared();
        MemorySegment memory = arena.allocate(3 * BLOCK).fill((byte) 2);
        Files.write(target, new byte[BLOCK]);
        withoutThreads();
        expectNoThread(AioFiles.using(AioContext.shared()).write(target, memory));
        expectNoThread(AioFiles.using(AioContext.shared()).read(target, 0, memory));
        expectNoThread(AioFiles.readAllBytes(target));
        expectNoThread(AioFiles.copy(target, directory.resolve("copy")));
        check(arena.inFlight() == 0, "the memory is the caller's");
        PidsCgroup.thaw(group);
        AioFiles.using(AioContext.shared()).write(target, memory).get(SECONDS, TimeUnit.SECONDS);
        check(AioFiles.readAllBytes(target).get(SECONDS, TimeUnit.SECONDS).length == 3 * BLOCK, "written whole");
        check(arena.inFlight() == 0, "the memory is the caller's again");
        arena.close();
    }

    private static void expectNoThread(CompletableFuture<?> future) throws Exception {
        try {
            future.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            check(
                    e.getCause() instanceof IOException
                            && e.getCause().getMessage().contains("no thread"),
                    e.toString());
            return;
        }
        throw new AssertionError("an operation that requires a thread succeeded");
    }

    private void opening() throws Exception {
        AioContext.open().close();
        int contexts = KernelContexts.count();
        int descriptors = Descriptors.targets().size();
        withoutThreads();
        for (AioSubmitMode how : AioSubmitMode.values()) {
            for (int i = 0; i < 10; i++) {
                try (AioContext opened = AioContext.builder().submission(how).open()) {
                    throw new AssertionError("opening without a thread succeeded: " + opened);
                } catch (OutOfMemoryError expected) {
                    // As documented.
                }
            }
        }
        check(KernelContexts.count() <= contexts, "no kernel context is left: " + KernelContexts.count());
        check(Descriptors.targets().size() <= descriptors, "no descriptor is left: " + Descriptors.targets());
        PidsCgroup.thaw(group);
        for (AioSubmitMode how : AioSubmitMode.values()) {
            AioContext.builder().submission(how).open().close();
        }
    }

    private void flow() throws Exception {
        Path source = Files.write(directory.resolve("source"), new byte[5 * BLOCK + 1]);
        AioContext aio = AioContext.shared();
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long[] bytes = new long[1];
        withoutThreads();
        AioFlow.newPublisher(aio, source, BLOCK, 2).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ByteBuffer block) {
                bytes[0] += block.remaining();
            }

            @Override
            public void onError(Throwable thrown) {
                failure.set(thrown);
                ended.countDown();
            }

            @Override
            public void onComplete() {
                ended.countDown();
            }
        });
        check(ended.await(SECONDS, TimeUnit.SECONDS), "the subscriber hears of the end");
        check(failure.get() != null || bytes[0] == 5 * BLOCK + 1, "all of it: " + bytes[0]);
        PidsCgroup.thaw(group);
    }
}

package io.linuxaio.faultinjection;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioAccessPattern;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.KernelContexts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A program that goes through the life of a context and a file, and prints the outcome of each step. */
final class FileSteps {
    static final int SIZE = 1 << 16;

    private FileSteps() {}

    private interface Step {
        void take() throws IOException;
    }

    public static void main(String[] args) throws IOException {
        Watchdog.start(Duration.ofSeconds(30));
        Path path = Path.of(args[0]);
        attempt("context", () -> AioContext.open().close());
        attempt("context again", () -> AioContext.open().close());
        attempt("queue", () -> AioQueue.open(4).close());
        System.out.println("contexts left: " + KernelContexts.count());
        try (AioContext aio = AioContext.open()) {
            attempt("open", () -> aio.open(path, READ, WRITE, CREATE).close());
            System.out.println("descriptor left: " + Descriptors.targets().contains(path.toString()));
            attempt("open again", () -> useAndClose(aio.open(path, READ, WRITE, CREATE)));
        }
        System.out.println("done");
    }

    private static void useAndClose(AioFile file) {
        attempt("allocate", () -> file.allocate(0, SIZE));
        attempt("allocate again", () -> file.allocate(0, SIZE));
        attempt("setLength", () -> file.setLength(SIZE / 2));
        attempt("setLength again", () -> file.setLength(SIZE / 4));
        attempt("force", () -> file.force(false));
        attempt("force metadata", () -> file.force(true));
        attempt("lock", () -> file.lock(false).close());
        attempt("lock again", () -> file.tryLock(true).orElseThrow().close());
        attempt("advise", () -> file.advise(AioAccessPattern.DONT_NEED, 0, 0));
        attempt("close", file::close);
        attempt("close again", file::close);
    }

    private static void attempt(String name, Step step) {
        try {
            step.take();
            System.out.println(name + ": fine");
        } catch (AioException e) {
            System.out.println(name + ": " + e.errnoName() + " of " + e.operation() + ": " + e.getMessage());
        } catch (IOException e) {
            System.out.println(name + ": " + e);
        }
    }
}

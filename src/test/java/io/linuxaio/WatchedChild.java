package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.Path;

/** A program that writes a block to a file, by a context registered under the given name, if any. */
final class WatchedChild {
    static final String CONTEXT = "watched";
    private static final int BLOCK = 4096;

    private WatchedChild() {}

    public static void main(String[] arguments) throws IOException {
        AioContext.Builder builder = AioContext.builder().threadName(CONTEXT);
        if (arguments.length > 1) {
            builder.jmx(arguments[1]);
        }
        try (AioContext aio = builder.open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(Path.of(arguments[0]), WRITE, CREATE)) {
            System.out.println("wrote " + file.write(arena.allocate(BLOCK), 0).join());
        } catch (UnsupportedOperationException e) {
            System.out.println(e);
        }
    }
}

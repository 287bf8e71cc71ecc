package io.linuxaio.bench.startup;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.nio.file.Path;

/** A program that opens a context and a file, writes 4 KiB, and closes both. */
public final class FirstWrite {
    private static final int BYTES = 4096;

    private FirstWrite() {}

    /** Takes the path of the file. */
    public static void main(String[] arguments) throws IOException {
        try (AioContext context = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile file = context.open(Path.of(arguments[0]), WRITE, CREATE)) {
            int written = file.write(arena.allocate(BYTES), 0).join();
            if (written != BYTES) {
                throw new IllegalStateException(written + " bytes were written");
            }
            // Who measures sees that it is done before everything is closed.
            System.out.println(written);
        }
    }
}

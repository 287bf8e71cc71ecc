package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Writes a block, makes it durable, and reads it back. */
final class FirstProgram {
    private FirstProgram() {}

    public static void main(String[] args) throws IOException {
        // @start region="first"
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(Path.of(args[0]), READ, WRITE, CREATE)) {
            MemorySegment block = arena.allocate(4096);
            block.setString(0, "Hello, disk");
            file.write(block, 0).thenCompose(written -> file.dataSync()).join();

            MemorySegment copy = arena.allocate(4096);
            int count = file.read(copy, 0).join();
            System.out.println(count + " bytes: " + copy.getString(0));
        }
        // @end
    }
}

package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;

/** Copies a file block by block, as {@link CopyByChannel} does. */
final class CopyByAio {
    private static final int BLOCK = 1 << 16;

    private CopyByAio() {}

    // @start region="open"
    static void copy(AioContext aio, Path from, Path to) throws IOException {
        // Locks a separate file: closing any descriptor of a file releases all locks that the process has on it.
        Path locked = to.resolveSibling(to.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(locked, WRITE, CREATE);
                FileLock lock = channel.lock();
                AioArena arena = AioArena.ofShared();
                AioFile source = aio.open(from, READ);
                AioFile target = aio.open(to, WRITE, CREATE, TRUNCATE_EXISTING)) {
            if (!lock.isValid()) {
                throw new IOException("the lock on " + locked + " is gone");
            }
            copy(source, target, arena.allocate(BLOCK));
            target.dataSync().join();
        }
    }
    // @end

    // @start region="copy"
    private static void copy(AioFile source, AioFile target, MemorySegment buffer) throws IOException {
        long end = source.size();
        if (end > 0) {
            target.allocate(0, end);
        }
        long granularity = target.alignment().offset();
        for (long position = 0; position < end; position += BLOCK) {
            int count = source.read(buffer, position).join();
            // Writes whole blocks. There are no short writes to continue.
            long whole = Math.ceilDiv(count, granularity) * granularity;
            target.write(buffer.asSlice(0, whole), position).join();
        }
        target.setLength(end);
    }
    // @end
}

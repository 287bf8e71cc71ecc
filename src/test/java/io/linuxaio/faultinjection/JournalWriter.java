package io.linuxaio.faultinjection;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioRequestFlag;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A program that writes records until it is killed, and prints the number of durable ones as soon as it grows.
 * Arguments: the file, the seed, {@code append} or {@code preallocate}, {@code dataSync} or {@code dsync}.
 */
final class JournalWriter {
    /** The length of a preallocated file; the others grow to it. */
    static final int SIZE = 64 << 20;

    private static final int GROUP = 6;

    private final AioFile file;
    private final Journal journal;
    private final boolean flagged;
    private final MemorySegment memory;
    private long number;
    private long position;

    private JournalWriter(AioFile file, Journal journal, boolean flagged, MemorySegment memory) {
        this.file = file;
        this.journal = journal;
        this.flagged = flagged;
        this.memory = memory;
    }

    public static void main(String[] args) throws IOException {
        Watchdog.start(Duration.ofSeconds(50));
        int record = Journal.BLOCK * Journal.MAX_BLOCKS;
        boolean flagged = args[3].equals("dsync");
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile plain = aio.open(Path.of(args[0]), WRITE, CREATE_NEW)) {
            if (args[2].equals("preallocate")) {
                plain.allocate(0, SIZE);
            }
            AioFile file = flagged ? plain.with(AioRequestFlag.DSYNC) : plain;
            JournalWriter writer = new JournalWriter(
                    file, new Journal(Long.parseLong(args[1])), flagged, arena.allocate((long) GROUP * record));
            while (writer.position + GROUP * record <= SIZE) {
                writer.writeGroup(record);
                System.out.println("durable " + writer.number);
            }
            System.out.println("full");
        }
    }

    /** Writes some records at once, and returns when they are durable. */
    private void writeGroup(int place) {
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < GROUP; i++) {
            MemorySegment record = memory.asSlice((long) i * place, journal.length(number));
            journal.fill(number, record);
            writes.add(file.write(record, position));
            number++;
            position += record.byteSize();
        }
        CompletableFuture.allOf(writes.toArray(CompletableFuture<?>[]::new)).join();
        if (!flagged) {
            file.dataSync().join();
        }
    }
}

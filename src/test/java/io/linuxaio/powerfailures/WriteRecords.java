package io.linuxaio.powerfailures;

import io.linuxaio.AioContext;
import io.linuxaio.files.AioFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Writes durable records to a directory, with all guarantees side by side: DIRECTORY SECONDS SEED. */
final class WriteRecords {
    private WriteRecords() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = Path.of(args[0]);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[1]));
        boolean failed = false;
        for (RecordWriter writer : write(directory, Long.parseLong(args[2]), () -> System.nanoTime() - end >= 0)) {
            System.out.println("GUEST wrote " + writer + " " + writer.acknowledged());
            if (writer.failure() != null) {
                failed = true;
                writer.failure().printStackTrace(System.out);
            }
        }
        System.exit(failed ? 1 : 0);
    }

    /** Writes until the run is stopped, and returns the writers. */
    static List<RecordWriter> write(Path directory, long seed, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        List<RecordWriter> writers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try (AioContext aio = AioContext.open()) {
            for (Guarantee guarantee : Guarantee.values()) {
                if (guarantee != Guarantee.ATOMIC_REPLACE) {
                    Files.createFile(directory.resolve(guarantee.name()));
                }
                writers.add(new RecordWriter(aio, directory, guarantee, seed, stopped));
            }
            AioFiles.syncDirectory(directory);
            for (RecordWriter writer : writers) {
                threads.add(Thread.ofPlatform().start(writer));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return writers;
    }
}

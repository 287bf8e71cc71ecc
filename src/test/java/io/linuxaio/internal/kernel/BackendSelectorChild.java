package io.linuxaio.internal.kernel;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.LinuxAio;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The program of {@link BackendSelectorIT}, which writes and reads a block, and prints the selected backend. */
public final class BackendSelectorChild {
    /** The exit status of a process without Linux AIO. */
    static final int NOT_AVAILABLE = 3;

    private BackendSelectorChild() {}

    /** Takes the path of a file to write as its argument. */
    public static void main(String[] arguments) throws Exception {
        if (!LinuxAio.isAvailable()) {
            System.out.println("not available: " + LinuxAio.unavailableReason().orElseThrow());
            System.exit(NOT_AVAILABLE);
        }
        System.out.println("backend " + LinuxAio.backend() + ": " + LinuxAio.backendReason());
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(
                        Path.of(arguments[0]),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE)) {
            MemorySegment written = arena.allocate(4096).fill((byte) 'x');
            MemorySegment read = arena.allocate(4096);
            file.write(written, 0).join();
            file.read(read, 0).join();
            System.out.println(read.mismatch(written) < 0 ? "written and read 4096" : "read something else");
        }
    }
}

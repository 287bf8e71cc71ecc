package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.OFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** An engine over the kernel in memory, with a file and a record of completed operations. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class KernelAioContextFixture {
    public static final int SLOTS = 4;
    public static final int BLOCK = 512;
    static final long PATIENCE_NANOS = 10_000_000_000L;
    static final String PATH = "/fake/data";

    public final FakeKernel kernel = new FakeKernel();
    final Arena arena = Arena.ofShared();
    final List<Ended> ended = new ArrayList<>();
    /** Between the engine and the kernel. */
    final InterceptedKernel calls = new InterceptedKernel(kernel);

    public final KernelAioContext engine = KernelAioContext.over(calls.kernel(), kernel.setup(SLOTS), SLOTS, true);
    private final List<FileHandle> opened = new ArrayList<>();
    public FileHandle file;

    /** The outcome of an operation. */
    record Ended(int slot, long token, int result, long transferred) {}

    @BeforeEach
    void openFile() {
        file = open(OFlags.READ_WRITE | OFlags.CREATE, BLOCK, false);
    }

    FileHandle open(int flags, int granularity, boolean appending) {
        int descriptor = kernel.open(PATH.getBytes(StandardCharsets.UTF_8), flags, 0644);
        assertThat(descriptor).isNotNegative();
        FileHandle handle =
                new FileHandle(kernel, Path.of(PATH), descriptor).view(granularity, appending, RequestFlags.NONE);
        opened.add(handle);
        return handle;
    }

    @AfterEach
    void destroy() {
        assertThat(opened).as("files with a use").allMatch(one -> one.uses().uses() == 0);
        assertThat(engine.destroy()).isZero();
        assertThat(kernel.destroyedTooEarly()).isZero();
        arena.close();
    }

    /** Returns memory whose bytes differ from block to block, and within each. */
    public MemorySegment pattern(int length) {
        MemorySegment memory = arena.allocate(length, 4096);
        for (int i = 0; i < length; i++) {
            memory.set(JAVA_BYTE, i, (byte) (i * 7 + i / 256));
        }
        return memory;
    }

    static byte[] bytes(MemorySegment memory) {
        return memory.toArray(JAVA_BYTE);
    }

    Slot prepare(int slot, Opcode opcode, Object memory, long position) {
        Slot prepared = engine.slot(slot);
        assertThat(prepared.acquire(file, memory)).isTrue();
        prepared.prepare(opcode, position, length(memory), null, 1000 + slot);
        return prepared;
    }

    private static long length(Object memory) {
        return switch (memory) {
            case null -> 0;
            case MemorySegment one -> one.byteSize();
            case MemorySegment[] several -> {
                long sum = 0;
                for (MemorySegment segment : several) {
                    sum += segment.byteSize();
                }
                yield sum;
            }
            default -> throw new IllegalArgumentException(memory.toString());
        };
    }

    void submit(int slot, Opcode opcode, Object memory, long position) {
        assertThat(engine.submit(prepare(slot, opcode, memory, position))).isEqualTo(1);
    }

    void take(Slot slot) {
        ended.add(new Ended(slot.index(), slot.userData(), slot.result(), slot.transferred()));
        slot.release();
    }

    /** Reaps until so many operations have completed; a missing one fails its test. */
    void reapUntil(int count) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (ended.size() < count) {
            assertThat(engine.reap(1, PATIENCE_NANOS, this::take)).isNotNegative();
            assertThat(System.nanoTime() - deadline)
                    .as("%d of %d completed in time", ended.size(), count)
                    .isNegative();
        }
        assertThat(engine.reap(0, 0, this::take)).isZero();
        assertThat(ended).hasSize(count);
    }

    /** Runs one operation in slot 0. */
    Ended run(Opcode opcode, Object memory, long position) {
        submit(0, opcode, memory, position);
        reapUntil(ended.size() + 1);
        return ended.getLast();
    }

    static int error(int errno) {
        assertThat(errno).isPositive().isNotEqualTo(Errno.EINTR);
        return -errno;
    }
}

package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.LeakDetector;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Strict contexts, which refuse memory that could be freed under the kernel. */
@OnRealKernel
@ExtendWith(LeakDetector.class)
@Timeout(30)
class StrictIT {
    @Test
    void strictContextsRefuseForeignArenasAndAcceptOthers() throws Exception {
        Path path = TargetDirectory.root()
                .resolve("strict-" + ProcessHandle.current().pid());
        try (AioContext aio = AioContext.builder().strict(true).open();
                AioFile file = aio.open(path, READ, WRITE, CREATE);
                AioArena own = AioArena.ofShared();
                AioBufferPool pool = AioBufferPool.of(1, 4096);
                AioBuffer pooled = pool.acquire();
                Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            for (Arena arena : new Arena[] {own, Arena.ofAuto(), Arena.global()}) {
                assertThat(file.write(arena.allocate(4096, 4096), 0).join()).isEqualTo(4096);
            }
            assertThat(file.write(pooled.segment(), 0).join()).isEqualTo(4096);
            for (Arena arena : new Arena[] {shared, confined}) {
                MemorySegment segment = arena.allocate(4096, 4096);
                assertThatThrownBy(() -> file.write(segment, 0))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("AioArena");
                assertThatThrownBy(() -> file.readv(new MemorySegment[] {own.allocate(4096), segment}, 0))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> aio.batch().read(file, segment, 0))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(aio.stats().inFlight()).isZero();
        } finally {
            Files.deleteIfExists(path);
        }
    }
}

package io.linuxaio.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sync that fails after writes that have succeeded. */
@OnRealKernel
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class GroupSyncIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void aFailedSyncFailsAllWritesOfThePollAndNoReadOrOtherFile() throws Exception {
        Outcomes writes = new Outcomes();
        Outcomes others = new Outcomes();
        Outcomes[] polled = new Outcomes[5];
        try (FaultyFilesystem filesystem = FaultyFilesystem.in(directory);
                LibaioContext<Outcomes> context = new LibaioContext<>(8, true, true)) {
            Path path = filesystem.file("file", new byte[8 * BLOCK]);
            try (LibaioFile<Outcomes> file = context.openFile(path.toFile(), true);
                    LibaioFile<Outcomes> other =
                            context.openFile(directory.resolve("other").toFile(), true)) {
                ByteBuffer block = file.newBuffer(BLOCK);
                filesystem.fail("FSYNC", FaultyFilesystem.EIO, 0);
                for (int i = 0; i < 3; i++) {
                    file.write((long) i * BLOCK, BLOCK, block, writes);
                }
                file.read(4 * BLOCK, BLOCK, file.newBuffer(BLOCK), others);
                other.write(0, BLOCK, block, others);
                assertThat(context.poll(polled, 5, 5)).isEqualTo(5);
            }
        }
        assertThat(writes.errors).containsExactly(5, 5, 5);
        assertThat(writes.messages.getFirst()).contains("fdatasync of", "EIO");
        assertThat(others.errors).isEmpty();
        assertThat(polled).containsOnly(writes, others);
    }

    @Test
    void withoutFdatasyncThereIsNoSync() throws Exception {
        Outcomes writes = new Outcomes();
        try (FaultyFilesystem filesystem = FaultyFilesystem.in(directory);
                PolledContext polled = new PolledContext(8, true, false)) {
            Path path = filesystem.file("file", new byte[BLOCK]);
            filesystem.fail("FSYNC", FaultyFilesystem.EIO, 0);
            try (LibaioFile<Outcomes> file = polled.context.openFile(path.toFile(), true)) {
                file.write(0, BLOCK, file.newBuffer(BLOCK), writes);
                assertThat(writes.await(1)).containsExactly(0);
            }
        }
    }
}

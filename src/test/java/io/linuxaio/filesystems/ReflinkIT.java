package io.linuxaio.filesystems;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.files.AioCopyOption;
import io.linuxaio.files.AioFiles;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies that share their data with the source, on filesystems that can, and on one that cannot. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReflinkIT {
    private static final byte[] CONTENTS = Bytes.random(5, (16 << 20) + 13);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Returns the space that a copy has taken, in bytes. */
    private static long spaceOfCopy(Path place) throws IOException {
        Path source = place.resolve("source");
        Path copy = place.resolve("copy");
        Files.write(source, CONTENTS, StandardOpenOption.CREATE_NEW, StandardOpenOption.SYNC);
        long before = Files.getFileStore(place).getUnallocatedSpace();

        assertThat(AioFiles.copy(source, copy, AioCopyOption.REFLINK, AioCopyOption.SYNC)
                        .join())
                .isEqualTo(CONTENTS.length);

        assertThat(copy).hasBinaryContent(CONTENTS);
        return before - Files.getFileStore(place).getUnallocatedSpace();
    }

    private static void changeOne(Path place) throws IOException {
        byte[] changed = CONTENTS.clone();
        Arrays.fill(changed, 4096, 8192, (byte) 0);
        AioFiles.write(place.resolve("copy"), changed, StandardOpenOption.WRITE).join();
        assertThat(place.resolve("copy")).hasBinaryContent(changed);
        assertThat(place.resolve("source")).hasBinaryContent(CONTENTS);
    }

    @Test
    void xfsSharesTheData() throws IOException {
        try (Volume volume = Volume.xfs(directory, 320)) {
            assertThat(spaceOfCopy(volume.path())).isLessThan(1 << 20);
            changeOne(volume.path());
        }
    }

    @Test
    void btrfsSharesTheData() throws IOException {
        try (Volume volume = Volume.btrfs(directory)) {
            assertThat(spaceOfCopy(volume.path())).isLessThan(4 << 20);
            changeOne(volume.path());
        }
    }

    @Test
    void ext4CopiesTheData() throws IOException {
        try (Volume volume = Volume.ext4(directory, 64)) {
            assertThat(spaceOfCopy(volume.path())).isGreaterThanOrEqualTo(16 << 20);
            changeOne(volume.path());
        }
    }

    @Test
    void aCopyToAnotherFilesystemCopiesTheData() throws IOException {
        try (Volume volume = Volume.xfs(directory, 320)) {
            Path source = Files.write(volume.path().resolve("source"), CONTENTS);
            Path copy = directory.resolve("copy");
            AioFiles.copy(source, copy, AioCopyOption.REFLINK).join();
            assertThat(copy).hasBinaryContent(CONTENTS);
        }
    }

    @Test
    void anExistingTargetIsReplacedWhole() throws IOException {
        try (Volume volume = Volume.xfs(directory, 320)) {
            Path source = Files.write(volume.path().resolve("source"), CONTENTS);
            Path copy = Files.write(volume.path().resolve("copy"), new byte[100]);
            AioFiles.copy(source, copy, AioCopyOption.REFLINK, StandardCopyOption.REPLACE_EXISTING)
                    .join();
            assertThat(copy).hasBinaryContent(CONTENTS);
        }
    }
}

package io.linuxaio.hostile;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioException;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import io.linuxaio.filesystems.WithFaultyFilesystem;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that cannot be replaced: they stay, and the failure names them rather than the temporary file. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(120)
class NamedTargetIT extends WithFaultyFilesystem {
    private static final int EPERM = 1;
    private static final int EDQUOT = 122;
    private static final int MEGABYTE = 1 << 20;
    private static final byte[] OLD = Bytes.random(1, 5000);

    @TempDir(factory = TargetDirectory.class)
    Path here;

    private Path source;
    private Path file;

    /** The two ways to replace an existing file. */
    enum Way {
        REPLACE {
            @Override
            void make(Path source, Path target) throws IOException {
                AioFiles.write(target, Files.readAllBytes(source), AioWriteOption.ATOMIC_REPLACE)
                        .join();
            }
        },
        COPY {
            @Override
            void make(Path source, Path target) {
                AioFiles.copy(source, target, COPY_ATTRIBUTES, REPLACE_EXISTING).join();
            }
        };

        abstract void make(Path source, Path target) throws IOException;
    }

    /** A program that prints its failure under a file size limit. */
    static final class Limited {
        public static void main(String[] args) throws IOException {
            try {
                Way.valueOf(args[0]).make(Path.of(args[1]), Path.of(args[2]));
            } catch (CompletionException e) {
                System.out.println(e.getCause());
            }
        }
    }

    @BeforeEach
    void write() throws IOException {
        source = Files.write(here.resolve("source"), Bytes.random(2, 4 * MEGABYTE));
        file = Files.write(here.resolve("file"), OLD);
    }

    private void assertFails(Way way, Path target, String symbol, String... words) throws IOException {
        Throwable failure = catchThrowable(() -> way.make(source, target));
        assertThat(failure).hasCauseInstanceOf(AioException.class);
        AioException cause = (AioException) failure.getCause();
        assertThat(cause.errnoName()).isEqualTo(symbol);
        assertThat(cause.getFile()).isEqualTo(target.toString());
        assertThat(cause).hasMessageContainingAll(words).hasMessageContaining(" of " + target + ": ");
        assertThat(cause.getMessage()).doesNotContain(".linux-aio-");
        assertThat(target).hasBinaryContent(OLD);
        try (Stream<Path> files = Files.list(target.getParent())) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.contains(".linux-aio-"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMountPointIsNamed(Way way) throws IOException {
        Command.assumeRoot("can mount filesystems");
        Path mounted = Files.write(here.resolve("mounted"), OLD);
        Command.succeedOrSkip("mount", "--bind", file.toString(), mounted.toString());
        try {
            assertFails(way, mounted, "EBUSY", "mount point", "write it in place");
        } finally {
            Command.succeed("umount", mounted.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullVolumeIsNamed(Way way) throws IOException {
        try (Volume volume = Volume.tmpfs(here, 2)) {
            Path target = Files.write(volume.path().resolve("target"), OLD);
            assertFails(way, target, "ENOSPC", "free space");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyVolumeIsNamed(Way way) throws IOException {
        try (Volume volume = Volume.tmpfs(here, 8)) {
            Path target = Files.write(volume.path().resolve("target"), OLD);
            Command.succeed("mount", "-o", "remount,ro", volume.path().toString());
            assertFails(way, target, "EROFS", "mount the filesystem for writing");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExceededQuotaIsNamed(Way way) throws IOException {
        Path target = faulty.file("target", OLD);
        faulty.fail("WRITE", EDQUOT, 2);
        assertFails(way, target, "EDQUOT", "raise the quota");
    }

    @Test
    void aCopyWhosePermissionsCannotBeRestrictedIsNotMade() throws IOException {
        // On this filesystem everybody may read and write every file.
        Files.write(source, new byte[4096]);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-------"));
        Path copy = faulty.path().resolve("copy");
        // The first such request sets the times.
        faulty.fail("SETATTR", EPERM, 1);

        Throwable failure = catchThrowable(
                () -> AioFiles.copy(source, copy, COPY_ATTRIBUTES).join());

        assertThat(failure).cause().isInstanceOf(AioException.class).hasMessageStartingWith("chmod of " + copy);
        assertThat(copy).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void anExceededFileSizeLimitIsNamed(Way way) throws IOException {
        Command.assumeInstalled("prlimit");
        String printed = ChildJvm.of(Limited.class)
                .by("prlimit", "--fsize=" + MEGABYTE)
                .succeed(way.name(), source.toString(), file.toString());

        assertThat(printed).contains("AioException: ").contains(" of " + file + ": EFBIG");
        assertThat(printed).doesNotContain(".linux-aio-");
        assertThat(file).hasBinaryContent(OLD);
        try (Stream<Path> files = Files.list(here)) {
            assertThat(files.toList()).containsExactlyInAnyOrderElementsOf(List.of(source, file));
        }
    }
}

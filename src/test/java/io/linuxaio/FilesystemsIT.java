package io.linuxaio;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** The filesystems that people have, and devices with sectors of both sizes. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FilesystemsIT {
    @Nested
    class Ext4 extends FilesystemContract {
        @Override
        Volume mount(Path where) throws IOException {
            return Volume.ext4(where, 64);
        }

        @Override
        int knownAlignment() {
            return 512;
        }
    }

    @Nested
    class Ext4OnLargeSectors extends FilesystemContract {
        @Override
        Volume mount(Path where) throws IOException {
            return Volume.ext4(where, 64, 4096);
        }

        @Override
        int knownAlignment() {
            return 4096;
        }
    }

    @Nested
    class Xfs extends FilesystemContract {
        @Override
        Volume mount(Path where) throws IOException {
            return Volume.xfs(where, 320);
        }

        @Override
        int knownAlignment() {
            return 512;
        }
    }

    @Nested
    class XfsOnLargeSectors extends FilesystemContract {
        @Override
        Volume mount(Path where) throws IOException {
            return Volume.xfs(where, 320, 4096);
        }

        @Override
        int knownAlignment() {
            return 4096;
        }
    }

    @Nested
    class Btrfs extends FilesystemContract {
        @Override
        Volume mount(Path where) throws IOException {
            return Volume.btrfs(where);
        }

        @Override
        int knownAlignment() {
            return 0;
        }
    }

    @Nested
    class Tmpfs extends FilesystemContract {
        @Override
        Volume mount(Path where) throws IOException {
            return Volume.tmpfs(where, 64);
        }

        @Override
        int knownAlignment() {
            return 0;
        }
    }

    @Nested
    class Overlay extends FilesystemContract {
        @Override
        Volume mount(Path where) throws IOException {
            return Volume.overlay(where, 64);
        }

        @Override
        int knownAlignment() {
            return 0;
        }
    }
}

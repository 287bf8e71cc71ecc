package io.linuxaio.filesystems;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Volume;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * The filesystems in common use, and devices with sectors of both sizes. Nested classes make reports name the
 * filesystem of each test, also of skipped ones. A parameter would show only a number.
 */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FilesystemsIT {
    @Nested
    class Ext4 extends FilesystemContract {
        Ext4() {
            super(512, where -> Volume.ext4(where, 64));
        }
    }

    @Nested
    class Ext4OnLargeSectors extends FilesystemContract {
        Ext4OnLargeSectors() {
            super(4096, where -> Volume.ext4(where, 64, 4096));
        }
    }

    @Nested
    class Xfs extends FilesystemContract {
        Xfs() {
            super(512, where -> Volume.xfs(where, 320));
        }
    }

    @Nested
    class XfsOnLargeSectors extends FilesystemContract {
        XfsOnLargeSectors() {
            super(4096, where -> Volume.xfs(where, 320, 4096));
        }
    }

    @Nested
    class Btrfs extends FilesystemContract {
        Btrfs() {
            super(0, Volume::btrfs);
        }
    }

    @Nested
    class Tmpfs extends FilesystemContract {
        Tmpfs() {
            super(0, where -> Volume.tmpfs(where, 64));
        }
    }

    @Nested
    class Overlay extends FilesystemContract {
        Overlay() {
            super(0, where -> Volume.overlay(where, 64));
        }
    }
}

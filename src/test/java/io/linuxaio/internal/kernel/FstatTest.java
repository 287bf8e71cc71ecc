package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fields of {@code struct stat}, at the offsets of asm/stat.h of each architecture. */
class FstatTest {
    // st_dev, st_ino, st_nlink, st_mode, st_uid, st_gid, padding, st_rdev, st_size
    private static ByteBuffer longLinks() {
        ByteBuffer stat = structure();
        stat.putLong(0x1234_5678_9aL).putLong(77).putLong(3);
        return stat.putInt(Abi.S_IFBLK() | 0640)
                .putInt(1)
                .putInt(2)
                .putInt(-1)
                .putLong(0x0812_3456L)
                .putLong(1L << 40)
                .putLong(4096);
    }

    // st_dev, st_ino, st_mode, st_nlink, st_uid, st_gid, st_rdev, padding, st_size
    private static ByteBuffer intLinks() {
        ByteBuffer stat = structure();
        stat.putLong(0x1234_5678_9aL).putLong(77).putInt(Abi.S_IFBLK() | 0640).putInt(3);
        return stat.putInt(1)
                .putInt(2)
                .putLong(0x0812_3456L)
                .putLong(-1)
                .putLong(1L << 40)
                .putInt(4096);
    }

    private static ByteBuffer structure() {
        return ByteBuffer.allocate(Fstat.BYTES).order(ByteOrder.nativeOrder());
    }

    @ParameterizedTest
    @CsvSource({"X86_64, false", "PPC64LE, false", "AARCH64, true", "RISCV64, true"})
    void fieldsAreFoundOnEachArchitecture(Architecture architecture, boolean generic) {
        ByteBuffer statx = ByteBuffer.allocate(Statx.STATX_BYTES).order(ByteOrder.nativeOrder());

        Fstat.toStatx(architecture, generic ? intLinks() : longLinks(), statx);

        assertThat(statx.getInt(Statx.MASK_OFFSET)).isEqualTo(Abi.STATX_BASIC_STATS());
        assertThat(Short.toUnsignedInt(statx.getShort(Statx.MODE_OFFSET))).isEqualTo(Abi.S_IFBLK() | 0640);
        assertThat(statx.getInt(Statx.OWNER_OFFSET)).isEqualTo(1);
        assertThat(statx.getInt(Statx.GROUP_OFFSET)).isEqualTo(2);
        assertThat(statx.getLong(Statx.SIZE_OFFSET)).isEqualTo(1L << 40);
        assertThat(statx.getLong(Statx.INODE_OFFSET)).isEqualTo(77);
        assertThat(statx.getInt(Statx.BLOCK_SIZE_OFFSET)).isEqualTo(4096);
        assertThat(statx.getInt(Statx.RDEV_MAJOR_OFFSET)).isEqualTo(0x234);
        assertThat(statx.getInt(Statx.RDEV_MINOR_OFFSET)).isEqualTo(0x8156);
    }
}

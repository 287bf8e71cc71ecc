package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations and iocbs as linux/aio_abi.h defines them. */
class AbiValuesTest {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    @ParameterizedTest
    @CsvSource({
        "READ, 0, true, false, read",
        "WRITE, 1, false, true, write",
        "SYNC, 2, false, false, sync",
        "DATA_SYNC, 3, false, false, dataSync",
        "READV, 7, true, false, readv",
        "WRITEV, 8, false, true, writev"
    })
    void anOperationHasItsNumber(Opcode opcode, int command, boolean reads, boolean writes, String name) {
        assertThat(opcode.command()).isEqualTo((short) command);
        assertThat(opcode.isRead()).isEqualTo(reads);
        assertThat(opcode.isWrite()).isEqualTo(writes);
        assertThat(opcode.isTransfer()).isEqualTo(reads || writes);
        assertThat(opcode.operation()).isEqualTo(name);
    }

    @Test
    void theFieldsOfAnIocbAreWhereTheKernelReadsThem() {
        MemorySegment memory = Arena.ofAuto().allocate(64, 8);
        long address = memory.address();
        Iocb.data(address, 0x1122_3344_5566_7788L);
        Iocb.key(address, 11);
        Iocb.transferFlags(address, 12);
        Iocb.opcode(address, (short) 13);
        Iocb.priority(address, (short) -14);
        Iocb.descriptor(address, 15);
        Iocb.buffer(address, 16);
        Iocb.length(address, 17);
        Iocb.position(address, 18);
        Iocb.flags(address, 19);
        Iocb.eventfd(address, 20);

        assertThat(memory.get(JAVA_LONG, 0)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(memory.get(JAVA_INT, LITTLE ? 8 : 12)).isEqualTo(11);
        assertThat(memory.get(JAVA_INT, LITTLE ? 12 : 8)).isEqualTo(12);
        assertThat(memory.get(JAVA_SHORT, 16)).isEqualTo((short) 13);
        assertThat(memory.get(JAVA_SHORT, 18)).isEqualTo((short) -14);
        assertThat(memory.get(JAVA_INT, 20)).isEqualTo(15);
        assertThat(memory.get(JAVA_LONG, 24)).isEqualTo(16);
        assertThat(memory.get(JAVA_LONG, 32)).isEqualTo(17);
        assertThat(memory.get(JAVA_LONG, 40)).isEqualTo(18);
        assertThat(memory.get(JAVA_INT, 56)).isEqualTo(19);
        assertThat(memory.get(JAVA_INT, 60)).isEqualTo(20);
        assertThat(Iocb.data(address)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(Iocb.key(address)).isEqualTo(11);
    }
}

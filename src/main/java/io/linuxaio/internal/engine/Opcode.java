package io.linuxaio.internal.engine;

import io.linuxaio.internal.abi.Abi;

/** The operation that an iocb requests. */
public enum Opcode {
    /** {@code IOCB_CMD_PREAD}. */
    READ((short) Abi.IOCB_CMD_PREAD(), "read"),
    /** {@code IOCB_CMD_PWRITE}. */
    WRITE((short) Abi.IOCB_CMD_PWRITE(), "write"),
    /** {@code IOCB_CMD_PREADV}. */
    READV((short) Abi.IOCB_CMD_PREADV(), "readv"),
    /** {@code IOCB_CMD_PWRITEV}. */
    WRITEV((short) Abi.IOCB_CMD_PWRITEV(), "writev"),
    /** {@code IOCB_CMD_FSYNC}. */
    SYNC((short) Abi.IOCB_CMD_FSYNC(), "sync"),
    /** {@code IOCB_CMD_FDSYNC}. */
    DATA_SYNC((short) Abi.IOCB_CMD_FDSYNC(), "dataSync");

    private final short command;
    private final String operation;

    Opcode(short command, String operation) {
        this.command = command;
        this.operation = operation;
    }

    /** Returns the value of {@code aio_lio_opcode}. */
    short command() {
        return command;
    }

    /** Returns the name of the method of the public API. */
    public String operation() {
        return operation;
    }

    /** Returns {@code true} for a read. */
    public boolean isRead() {
        return this == READ || this == READV;
    }

    /** Returns {@code true} for a write. */
    public boolean isWrite() {
        return this == WRITE || this == WRITEV;
    }

    /** Returns {@code true} for a read or a write, which transfer bytes. */
    public boolean isTransfer() {
        return isRead() || isWrite();
    }
}

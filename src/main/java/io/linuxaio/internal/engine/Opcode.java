package io.linuxaio.internal.engine;

import io.linuxaio.internal.abi.Abi;

/** What an iocb asks for. */
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

    /** {@code aio_lio_opcode}. */
    short command() {
        return command;
    }

    /** The name under which users know it. */
    public String operation() {
        return operation;
    }

    /** Whether bytes come in from the file. */
    public boolean isRead() {
        return this == READ || this == READV;
    }

    /** Whether bytes go out to the file. */
    public boolean isWrite() {
        return this == WRITE || this == WRITEV;
    }

    /** Whether bytes are moved at all. */
    public boolean isTransfer() {
        return isRead() || isWrite();
    }
}

package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.abi.iovec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * An iocb as {@link FakeKernel} read it at submission.
 *
 * @param iocbAddress its address
 * @param data {@code aio_data}
 * @param opcode {@code aio_lio_opcode}
 * @param descriptor {@code aio_fildes}
 * @param buffer {@code aio_buf}
 * @param count {@code aio_nbytes}: bytes, or segments
 * @param position {@code aio_offset}
 * @param rwFlags {@code aio_rw_flags}
 * @param flags {@code aio_flags}
 * @param priority {@code aio_reqprio}
 * @param reserved {@code aio_reserved2}
 * @param extents its memory, in the order of the file
 * @param device {@code true} if the file is a device, as for the library's wake-ups
 */
public record FakeRequest(
        long iocbAddress,
        long data,
        int opcode,
        int descriptor,
        long buffer,
        long count,
        long position,
        int rwFlags,
        int flags,
        short priority,
        long reserved,
        List<FakeExtent> extents,
        boolean device) {
    private static final int MAX_SEGMENTS = 1024;

    static FakeRequest read(long address, FakeFiles files) {
        MemorySegment request = FakeMemory.at(address, iocb.sizeof());
        int opcode = iocb.aio_lio_opcode(request);
        long buffer = iocb.aio_buf(request);
        long count = iocb.aio_nbytes(request);
        FakeFiles.Description open = files.description(iocb.aio_fildes(request));
        return new FakeRequest(
                address,
                iocb.aio_data(request),
                opcode,
                iocb.aio_fildes(request),
                buffer,
                count,
                iocb.aio_offset(request),
                iocb.aio_rw_flags(request),
                iocb.aio_flags(request),
                iocb.aio_reqprio(request),
                iocb.aio_reserved2(request),
                extents(opcode, buffer, count),
                open != null && !open.file().isRegular());
    }

    private static List<FakeExtent> extents(int opcode, long buffer, long count) {
        if (opcode == Abi.IOCB_CMD_PREAD() || opcode == Abi.IOCB_CMD_PWRITE()) {
            return List.of(new FakeExtent(buffer, count));
        }
        List<FakeExtent> extents = new ArrayList<>();
        if ((opcode == Abi.IOCB_CMD_PREADV() || opcode == Abi.IOCB_CMD_PWRITEV()) && count <= MAX_SEGMENTS) {
            for (long i = 0; i < count; i++) {
                MemorySegment element = FakeMemory.at(buffer + i * iovec.sizeof(), iovec.sizeof());
                extents.add(new FakeExtent(iovec.iov_base(element).address(), iovec.iov_len(element)));
            }
        }
        return extents;
    }

    /** Returns {@code true} if it reads from the file. */
    public boolean isRead() {
        return opcode == Abi.IOCB_CMD_PREAD() || opcode == Abi.IOCB_CMD_PREADV();
    }

    /** Returns {@code true} if it writes to the file. */
    public boolean isWrite() {
        return opcode == Abi.IOCB_CMD_PWRITE() || opcode == Abi.IOCB_CMD_PWRITEV();
    }

    /** Returns {@code true} if it is a sync of either kind. */
    public boolean isSync() {
        return opcode == Abi.IOCB_CMD_FSYNC() || opcode == Abi.IOCB_CMD_FDSYNC();
    }

    /** Returns the number of requested bytes. */
    public long length() {
        return FakeMemory.total(extents);
    }

    /** Returns the result of io_submit: 0, or -errno (io_submit_one in fs/aio.c). */
    int admission(FakeFiles files) {
        FakeFiles.Description open = files.description(descriptor);
        if (reserved != 0) {
            return -Errno.EINVAL;
        }
        if (open == null) {
            return -Errno.EBADF;
        }
        if (isSync()) {
            return buffer != 0 || count != 0 || position != 0 || rwFlags != 0 ? -Errno.EINVAL : 0;
        }
        if (!isRead() && !isWrite()) {
            return -Errno.EINVAL;
        }
        if (isRead() ? !open.isReadable() : !open.isWritable()) {
            return -Errno.EBADF;
        }
        boolean vectored = opcode == Abi.IOCB_CMD_PREADV() || opcode == Abi.IOCB_CMD_PWRITEV();
        return position < 0 || count < 0 || (vectored && count > MAX_SEGMENTS) ? -Errno.EINVAL : 0;
    }
}

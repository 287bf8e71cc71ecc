package io.linuxaio.internal.kernel;

/** The transfer of bytes of a {@link FakeRequest}, as far as its {@link FakeOutcome} permits. */
final class FakeTransfers {
    /** The maximum of linux/fs.h. */
    private static final int RWF_APPEND = 0x10;

    private FakeTransfers() {}

    /** Returns the result in the completion event: bytes, or -errno. */
    static long carryOut(FakeFiles files, FakeRequest request, FakeOutcome outcome) {
        FakeFiles.Description open = files.description(request.descriptor());
        if (outcome.answer() != 0 && outcome.max() == 0) {
            return outcome.answer();
        }
        if (request.isSync()) {
            return outcome.answer();
        }
        // The kernel keeps the file for a request whose descriptor was closed; no test relies on that.
        if (open == null) {
            return -Errno.EBADF;
        }
        if (open.isDirect() && isMisaligned(files, request)) {
            return -Errno.EINVAL;
        }
        if (!FakeMemory.isMapped(request.extents())) {
            return -Errno.EFAULT;
        }
        long moved = request.isRead() ? read(open, request, outcome.max()) : write(open, request, outcome.max());
        return moved >= 0 && outcome.answer() != 0 ? outcome.answer() : moved;
    }

    private static boolean isMisaligned(FakeFiles files, FakeRequest request) {
        long offsets = request.position();
        long addresses = 0;
        for (FakeExtent extent : request.extents()) {
            offsets |= extent.length();
            addresses |= extent.address();
        }
        return offsets % files.offsetAlignment() != 0 || addresses % files.memoryAlignment() != 0;
    }

    private static long read(FakeFiles.Description open, FakeRequest request, long max) {
        byte[] bytes = new byte[(int) Math.min(request.length(), max)];
        int count = open.file().read(request.position(), bytes);
        FakeMemory.scatter(bytes, count, request.extents());
        return count;
    }

    private static long write(FakeFiles.Description open, FakeRequest request, long max) {
        byte[] bytes = FakeMemory.gather(request.extents(), max);
        boolean appending = open.isAppending() || (request.rwFlags() & RWF_APPEND) != 0;
        long position = appending ? open.file().size() : request.position();
        return open.file().write(position, bytes);
    }
}

package io.linuxaio.testing.fuse;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * The connection to the kernel, {@code /dev/fuse}, as standard input of this process; the parent process has opened and
 * mounted it. One thread reads requests; any thread may reply.
 */
final class FuseDevice {
    /** The maximum length of a write in one request. */
    static final int MAX_WRITE = 128 * 1024;

    private static final int HEADER = 16;

    private final FileChannel in = new FileInputStream(FileDescriptor.in).getChannel();
    private final FileChannel out = new FileOutputStream(FileDescriptor.in).getChannel();
    private final ByteBuffer request = buffer(MAX_WRITE + 4096);
    private final ByteBuffer answer = buffer(MAX_WRITE + HEADER);

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    /** Waits for the next request; null if the filesystem was unmounted. */
    FuseRequest next() throws IOException {
        while (true) {
            request.clear();
            try {
                if (in.read(request) < 0) {
                    return null;
                }
                return FuseRequest.parse(request.flip());
            } catch (IOException e) {
                if (isGone(e, "No such device")) {
                    return null;
                }
                if (!isGone(e, "No such file or directory")) {
                    throw e;
                }
                // A request that was taken back between being announced and being read.
            }
        }
    }

    /** Answers with a result. */
    void succeed(FuseRequest asked, ByteBuffer result) throws IOException {
        answer(asked, 0, result);
    }

    /** Answers with an error number. */
    void fail(FuseRequest asked, int errno) throws IOException {
        answer(asked, errno, ByteBuffer.allocate(0));
    }

    private synchronized void answer(FuseRequest asked, int errno, ByteBuffer result) throws IOException {
        answer.clear();
        answer.putInt(HEADER + result.remaining())
                .putInt(-errno)
                .putLong(asked.unique())
                .put(result)
                .flip();
        try {
            out.write(answer);
        } catch (IOException e) {
            // The kernel does not wait for it any more.
            if (!isGone(e, "No such file or directory") && !isGone(e, "No such device")) {
                throw e;
            }
        }
    }

    // What channels throw has the system's words and no error number.
    private static boolean isGone(IOException e, String words) {
        return String.valueOf(e.getMessage()).startsWith(words);
    }
}

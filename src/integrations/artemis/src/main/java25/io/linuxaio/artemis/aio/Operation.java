package io.linuxaio.artemis.aio;

import io.linuxaio.AioException;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/** A read or write from its submission until its callback was called. */
final class Operation {
    private final JournalFile file;
    private final SubmitInfo callback;
    private final boolean isWrite;

    // Written before it is published to the polling thread, or by that.
    private int errno;
    private String message;

    Operation(JournalFile file, SubmitInfo callback, boolean isWrite) {
        this.file = file;
        this.callback = callback;
        this.isWrite = isWrite;
    }

    JournalFile file() {
        return file;
    }

    SubmitInfo callback() {
        return callback;
    }

    boolean isWrite() {
        return isWrite;
    }

    boolean isFailed() {
        return errno != 0;
    }

    /** Makes the operation fail with an error of the kernel. */
    void fail(int error, String operation) {
        errno = error;
        message = AioException.of(operation, file.file().path(), error).getMessage();
    }

    /** Makes the operation fail with an error that was found before the kernel saw it. */
    void failUnseen(int error, String reason) {
        errno = error;
        message = reason;
    }

    /** Reports the failure to the callback. */
    void callOnError() {
        callback.onError(errno, message);
    }
}

package io.linuxaio.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Receives the records of a log, in the order of their positions. */
@FunctionalInterface
public interface LogRecordHandler {
    /**
     * Handles a record.
     *
     * @param position the position of the record
     * @param record its bytes, read-only; valid until this method returns
     * @throws IOException if the record cannot be handled, which ends the replay; the log is not opened then
     */
    void onRecord(long position, ByteBuffer record) throws IOException;
}

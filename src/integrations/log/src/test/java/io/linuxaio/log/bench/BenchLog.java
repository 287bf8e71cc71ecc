package io.linuxaio.log.bench;

import java.io.IOException;

/** A log under measurement. */
interface BenchLog extends AutoCloseable {
    /** Appends a record and returns when it is durable. Called by many threads. */
    void append(byte[] record) throws IOException;

    @Override
    void close() throws IOException;
}

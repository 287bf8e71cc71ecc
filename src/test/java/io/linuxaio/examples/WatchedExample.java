package io.linuxaio.examples;

import io.linuxaio.AioContext;
import java.io.IOException;

/** A context that an operator can observe while it works. */
final class WatchedExample {
    private WatchedExample() {}

    /** Opens the context, which is registered until it is closed. */
    static AioContext open() throws IOException {
        // @start region="watched"
        AioContext aio = AioContext.builder()
                .queueDepth(4)
                .threadName("journal")
                .jmx("journal")
                .open();
        // @end
        return aio;
    }
}

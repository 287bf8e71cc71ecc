package io.linuxaio;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The context of those who do not want one of their own. */
final class SharedContext {
    private static volatile AioContext context;

    private SharedContext() {}

    static AioContext get() {
        AioContext opened = context;
        return opened != null ? opened : openOnce();
    }

    // Not in a static initialiser: a failure there would be remembered for ever, an exhausted limit passes.
    private static synchronized AioContext openOnce() {
        if (context == null) {
            try {
                context = AioContext.builder()
                        .threadName("linux-aio-shared")
                        .shared()
                        .open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return context;
    }
}

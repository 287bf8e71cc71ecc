package io.linuxaio.artemis;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the implementation if this JVM and host can run it, and logs one line that says so, or the reason if not. */
public final class NativeIoLoader {
    private static final Logger LOGGER = LoggerFactory.getLogger(LibaioContext.class);
    private static final String IMPLEMENTATION = "io.linuxaio.artemis.aio.AioNativeIo";
    private static final String FORCE_SYSCALL = "org.apache.activemq.artemis.native.jlibaio.FORCE_SYSCALL";
    private static final String READS_RING = "io.linuxaio.ring";
    private static final int JAVA = 25;

    private static final NativeIo IO;
    private static final String REASON;

    static {
        NativeIo loaded = null;
        String reason = null;
        try {
            loaded = load();
            LOGGER.info("ASYNCIO is served by {}", loaded.description());
            warnOfOtherJars();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            reason = "ASYNCIO is not available: " + reasonOf(e);
            LOGGER.warn("{}", reason);
            LOGGER.debug("ASYNCIO is not available", e);
        }
        IO = loaded;
        REASON = reason;
    }

    private NativeIoLoader() {}

    private static NativeIo load() throws ReflectiveOperationException {
        int java = Runtime.version().feature();
        if (java < JAVA) {
            throw new UnsupportedOperationException("linux-aio requires Java " + JAVA + ", and this is Java " + java);
        }
        if (isSyscallForced() && System.getProperty(READS_RING) == null) {
            System.setProperty(READS_RING, "false");
        }
        try {
            return (NativeIo) Class.forName(IMPLEMENTATION).getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException) {
                throw (RuntimeException) e.getCause();
            } else if (e.getCause() instanceof LinkageError) {
                throw (LinkageError) e.getCause();
            }
            throw e;
        }
    }

    private static String reasonOf(Throwable failure) {
        if (failure instanceof NoClassDefFoundError
                && String.valueOf(failure.getMessage()).startsWith("io/linuxaio/")) {
            return "the jar of linux-aio is missing from the class path";
        }
        return failure instanceof UnsupportedOperationException ? failure.getMessage() : failure.toString();
    }

    private static void warnOfOtherJars() {
        String name = LibaioContext.class.getName().replace('.', '/') + ".class";
        try {
            List<URL> jars =
                    Collections.list(LibaioContext.class.getClassLoader().getResources(name));
            if (jars.size() > 1) {
                LOGGER.warn(
                        "remove activemq-artemis-native from the class path, whose classes this jar replaces: {}",
                        jars);
            }
        } catch (IOException e) {
            LOGGER.debug("the class path cannot be searched", e);
        }
    }

    /**
     * Returns {@code true} if the implementation is loaded.
     *
     * @return {@code false} if this JVM or host cannot run it
     */
    public static boolean isLoaded() {
        return IO != null;
    }

    /**
     * Returns {@code true} if the broker's system property asks for a system call instead of the ring in user space.
     *
     * @return {@code true} if the property is set
     */
    public static boolean isSyscallForced() {
        return System.getProperty(FORCE_SYSCALL) != null;
    }

    /**
     * Returns the implementation.
     *
     * @return the implementation
     * @throws UnsatisfiedLinkError if it is not loaded, with the reason
     */
    public static NativeIo io() {
        if (IO == null) {
            throw new UnsatisfiedLinkError(REASON);
        }
        return IO;
    }
}

package org.apache.activemq.artemis.nativo.jlibaio;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The numbered messages of this package. */
public class NativeLogger {
    /** The prefix of message numbers. */
    public static final String PROJECT_PREFIX = "jlibaio";

    private static final Logger LOGGER = LoggerFactory.getLogger(NativeLogger.class);

    /** Creates an object without a use: the methods are static. */
    public NativeLogger() {}

    /** Logs that a native library has another version than these classes. There is none here, so nothing calls this. */
    public static final void incompatibleNativeLibrary() {
        LOGGER.warn("{}163001 The native library has another version than its Java classes", PROJECT_PREFIX);
    }
}

package io.linuxaio.bench;

import java.nio.file.OpenOption;

/** The JDK's option for O_DIRECT, for FileChannel. */
public final class DirectOption {
    private DirectOption() {}

    /**
     * {@code com.sun.nio.file.ExtendedOpenOption.DIRECT}: javac warns of that name in a way that cannot be turned off.
     */
    public static OpenOption get() {
        try {
            return (OpenOption) Class.forName("com.sun.nio.file.ExtendedOpenOption")
                    .getField("DIRECT")
                    .get(null);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("this JDK has no direct I/O of its own", e);
        }
    }
}

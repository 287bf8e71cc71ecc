/**
 * Asynchronous, direct file I/O on Linux AIO.
 *
 * <p>The module exports two packages: {@code io.linuxaio}, contexts, queues, files and memory for the kernel; and
 * {@code io.linuxaio.files}, whole files and channels on top of it.
 *
 * <p>It calls native code and therefore requires {@code --enable-native-access=io.linuxaio}, or {@code ALL-UNNAMED} if the
 * library is on the class path. It requires {@code java.base} alone. If {@code jdk.jfr} is present, operations are recorded
 * as events of Java Flight Recorder; if {@code java.management} is present, contexts can be registered as MXBeans.
 */
module io.linuxaio {
    exports io.linuxaio;
    exports io.linuxaio.files;

    // Used where they are resolved: an image may be without them.
    requires static java.management;
    requires static jdk.jfr;
}

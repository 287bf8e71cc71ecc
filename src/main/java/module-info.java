/**
 * Asynchronous, direct file I/O on Linux AIO.
 *
 * <p>The module exports one package. It calls native code and therefore wants
 * {@code --enable-native-access=io.linuxaio} (or {@code ALL-UNNAMED} on the class path). It runs on java.base alone; where
 * the module jdk.jfr is there as well, Java Flight Recorder is told of operations; with java.management contexts can be MBeans.
 */
module io.linuxaio {
    exports io.linuxaio;

    // Used where they are resolved: an image may be without them.
    requires static java.management;
    requires static jdk.jfr;
}

/**
 * Asynchronous, direct file I/O on Linux AIO.
 *
 * <p>The module exports one package. It calls native code and therefore wants
 * {@code --enable-native-access=io.linuxaio} (or {@code ALL-UNNAMED} on the class path).
 */
module io.linuxaio {
    exports io.linuxaio;
}

/**
 * A write-ahead log with group commit, on linux-aio.
 *
 * <p>The module exports one package, {@link io.linuxaio.log}, and requires {@code io.linuxaio} alone.
 */
module io.linuxaio.log {
    exports io.linuxaio.log;

    requires io.linuxaio;
}

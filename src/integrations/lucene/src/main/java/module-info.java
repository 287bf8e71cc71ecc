/**
 * Lucene directories that read and write index files by direct, asynchronous I/O.
 *
 * <p>The module exports one package, {@link io.linuxaio.lucene}.
 */
module io.linuxaio.lucene {
    exports io.linuxaio.lucene;

    requires transitive io.linuxaio;
    requires transitive org.apache.lucene.core;
}

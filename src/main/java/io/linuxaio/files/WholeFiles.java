package io.linuxaio.files;

/** How much of a whole file is in flight at most. */
final class WholeFiles {
    /** In bytes. */
    static final int BLOCK_SIZE = 1 << 20;

    /** Blocks. */
    static final int DEPTH = 8;

    private WholeFiles() {}
}

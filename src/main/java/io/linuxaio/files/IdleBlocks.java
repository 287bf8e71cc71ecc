package io.linuxaio.files;

/** Knows the blocks in which nothing is in flight. */
@FunctionalInterface
interface IdleBlocks {
    /** Returns {@code true} if nothing can be in flight in a block. */
    boolean isIdle(int index);
}

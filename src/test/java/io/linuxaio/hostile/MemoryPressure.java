package io.linuxaio.hostile;

/** A shortage of memory that a test switches on and off. */
interface MemoryPressure {
    /**
     * Takes all memory but a little.
     *
     * @param left the amount left: none for 0, and more for larger numbers
     */
    void begin(int left);

    /** Gives the memory back. */
    void end();
}

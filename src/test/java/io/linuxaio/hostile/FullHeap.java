package io.linuxaio.hostile;

/** A Java heap without room: each object of some size throws {@link OutOfMemoryError}. */
final class FullHeap implements MemoryPressure {
    private static final int LARGEST = 1 << 20;

    private Chunk chunks;

    private static final class Chunk {
        final byte[] bytes;
        final Chunk next;

        Chunk(int size, Chunk next) {
            bytes = new byte[size];
            this.next = next;
        }
    }

    @Override
    public void begin(int left) {
        for (int size = LARGEST; size > 0; size /= 4) {
            fill(size);
        }
        for (int i = 0; i < left && chunks != null; i++) {
            chunks = chunks.next;
        }
    }

    private void fill(int size) {
        try {
            while (true) {
                chunks = new Chunk(size, chunks);
            }
        } catch (OutOfMemoryError full) {
            // As it is meant to be.
        }
    }

    @Override
    public void end() {
        chunks = null;
    }
}

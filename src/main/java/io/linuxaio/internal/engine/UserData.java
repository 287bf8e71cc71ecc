package io.linuxaio.internal.engine;

/**
 * What travels through the kernel with an operation, in {@code aio_data}: its slot's index, and the generation, by
 * which an event for an operation that has long ended is told from one for its successor.
 */
final class UserData {
    private UserData() {}

    static long of(int index, int generation) {
        return (long) generation << Integer.SIZE | index;
    }

    static int index(long data) {
        return (int) data;
    }

    static int generation(long data) {
        return (int) (data >>> Integer.SIZE);
    }
}

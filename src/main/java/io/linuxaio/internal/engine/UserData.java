package io.linuxaio.internal.engine;

/**
 * The encoding of {@code aio_data}, which the kernel returns with the completion event: the slot's index, and a generation
 * that distinguishes an event of an earlier operation from one of its successor.
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

package io.linuxaio.artemis.aio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of the operations in flight, by small numbers that the poller carries as user data. Grows, and never shrinks. */
final class OperationTable {
    private static final int INITIAL_SIZE = 64;

    private Operation[] operations = new Operation[INITIAL_SIZE];

    // A stack of the free numbers.
    private int[] free = new int[INITIAL_SIZE];
    private int freeCount;

    OperationTable() {
        addFree(0);
    }

    private void addFree(int from) {
        for (int number = operations.length - 1; number >= from; number--) {
            free[freeCount++] = number;
        }
    }

    /** Adds an operation, and returns its number. */
    synchronized int add(Operation operation) {
        if (freeCount == 0) {
            int size = operations.length;
            // Both arrays exist before one is stored.
            int[] more = new int[2 * size];
            operations = Arrays.copyOf(operations, 2 * size);
            free = more;
            addFree(size);
        }
        int number = free[--freeCount];
        operations[number] = operation;
        return number;
    }

    /** Removes an operation by its number. */
    synchronized Operation remove(int number) {
        Operation operation = operations[number];
        operations[number] = null;
        free[freeCount++] = number;
        return operation;
    }

    /** Removes all operations. */
    synchronized List<Operation> removeAll() {
        List<Operation> all = new ArrayList<>();
        for (int number = 0; number < operations.length; number++) {
            if (operations[number] != null) {
                all.add(remove(number));
            }
        }
        return all;
    }
}

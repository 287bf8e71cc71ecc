package io.linuxaio.artemis.aio;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** One fdatasync(2) for each file to which operations have written. If it fails, all of them fail. For one thread at a time. */
final class GroupSync {
    private final Map<JournalFile, Integer> errors = new IdentityHashMap<>();

    /** Syncs the files of the writes that have succeeded. */
    void sync(List<Operation> operations) {
        try {
            for (Operation operation : operations) {
                if (operation.isWrite() && !operation.isFailed()) {
                    int errno = errors.computeIfAbsent(operation.file(), JournalFile::sync);
                    if (errno != 0) {
                        operation.fail(errno, "fdatasync");
                    }
                }
            }
        } finally {
            errors.clear();
        }
    }
}

package io.linuxaio.testing.fuse;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** The supported requests of the FUSE protocol, with their numbers ({@code enum fuse_opcode}). */
enum FuseOpcode {
    LOOKUP(1),
    FORGET(2),
    GETATTR(3),
    SETATTR(4),
    UNLINK(10),
    OPEN(14),
    READ(15),
    WRITE(16),
    STATFS(17),
    RELEASE(18),
    FSYNC(20),
    FLUSH(25),
    INIT(26),
    OPENDIR(27),
    READDIR(28),
    RELEASEDIR(29),
    CREATE(35),
    DESTROY(38),
    BATCH_FORGET(42),
    /** Any other request, which the kernel does without if it is refused. */
    OTHER(0);

    private static final Map<Integer, FuseOpcode> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toMap(each -> each.number, each -> each));

    private final int number;

    FuseOpcode(int number) {
        this.number = number;
    }

    static FuseOpcode of(int number) {
        return BY_NUMBER.getOrDefault(number, OTHER);
    }
}

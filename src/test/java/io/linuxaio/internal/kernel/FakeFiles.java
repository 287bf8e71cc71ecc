package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.statx;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * The files of a {@link FakeKernel}: a tree by path, and the table of open descriptors. Guarded by the kernel's lock.
 *
 * <p>Paths are kept byte by byte, as Linux does.
 */
final class FakeFiles {
    private static final String OPEN_FILES = "/proc/self/fd/";
    private static final int LONGEST_NAME = 255;
    private static final int FIRST_DESCRIPTOR = 100;
    private static final int ACCESS_MODE = 3;
    private static final int PREFERRED_BLOCK_SIZE = 4096;

    private static final int LOCK_SHARED = 1;
    private static final int LOCK_EXCLUSIVE = 2;
    private static final int LOCK_NONBLOCK = 4;
    private static final int LOCK_UNLOCK = 8;

    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final Map<String, FakeFile> tree = new TreeMap<>();
    private final Map<Integer, Description> descriptors = new HashMap<>();
    private int next = FIRST_DESCRIPTOR;

    private boolean directIo = true;
    private boolean alignmentKnown = true;
    private int memoryAlignment = FakeFile.BLOCK;
    private int offsetAlignment = FakeFile.BLOCK;

    FakeFiles() {
        tree.put("/", FakeFile.directory());
        tree.put("/dev", FakeFile.directory());
        tree.put("/dev/null", FakeFile.characterDevice());
        tree.put("/fake", FakeFile.directory());
    }

    /** The target of a descriptor. */
    static final class Description {
        private final FakeFile file;
        private int flags;
        private long position;
        private int lock;

        private Description(FakeFile file, int flags) {
            this.file = file;
            this.flags = flags;
        }

        FakeFile file() {
            return file;
        }

        boolean isReadable() {
            return (flags & ACCESS_MODE) != Abi.O_WRONLY();
        }

        boolean isWritable() {
            return (flags & ACCESS_MODE) != Abi.O_RDONLY();
        }

        boolean isAppending() {
            return (flags & Abi.O_APPEND()) != 0;
        }

        boolean isDirect() {
            return (flags & OFlags.DIRECT) != 0;
        }
    }

    void refuseDirectIo() {
        directIo = false;
    }

    void alignment(int memory, int offset) {
        alignmentKnown = true;
        memoryAlignment = memory;
        offsetAlignment = offset;
    }

    void hideAlignment() {
        alignmentKnown = false;
    }

    int offsetAlignment() {
        return offsetAlignment;
    }

    int memoryAlignment() {
        return memoryAlignment;
    }

    FakeFile file(String path) {
        return tree.get(key(path.getBytes(StandardCharsets.UTF_8)));
    }

    void put(String path, FakeFile file) {
        tree.put(key(path.getBytes(StandardCharsets.UTF_8)), file);
    }

    void remove(String path) {
        tree.remove(key(path.getBytes(StandardCharsets.UTF_8)));
    }

    int openDescriptors() {
        return descriptors.size();
    }

    Description description(int descriptor) {
        return descriptors.get(descriptor);
    }

    int open(byte[] path, int flags, int mode) {
        String key = key(path);
        if (key.startsWith(OPEN_FILES)) {
            return reopen(Integer.parseInt(key.substring(OPEN_FILES.length())), flags);
        }
        int bad = badPath(key);
        if (bad != 0) {
            return bad;
        }
        FakeFile file = tree.get(key);
        if (file == null) {
            if ((flags & Abi.O_CREAT()) == 0) {
                return -Errno.ENOENT;
            }
            file = FakeFile.regular(mode);
            tree.put(key, file);
        } else if ((flags & Abi.O_CREAT()) != 0 && (flags & Abi.O_EXCL()) != 0) {
            return -Errno.EEXIST;
        } else if (file.isDirectory() && ((flags & Abi.O_CREAT()) != 0 || (flags & ACCESS_MODE) != Abi.O_RDONLY())) {
            return -Errno.EISDIR;
        }
        if ((flags & OFlags.DIRECT) != 0 && !(directIo && file.isRegular())) {
            // As Linux does: only now, when the new file exists already.
            return -Errno.EINVAL;
        }
        if ((flags & Abi.O_TRUNC()) != 0) {
            file.truncate(0);
        }
        descriptors.put(next, new Description(file, flags & ~(Abi.O_CREAT() | Abi.O_EXCL() | Abi.O_TRUNC())));
        return next++;
    }

    private int reopen(int descriptor, int flags) {
        Description open = descriptors.get(descriptor);
        if (open == null) {
            return -Errno.ENOENT;
        }
        descriptors.put(next, new Description(open.file, flags));
        return next++;
    }

    private int badPath(String key) {
        if (key.isEmpty()) {
            return -Errno.ENOENT;
        }
        int slash = key.lastIndexOf('/');
        if (key.length() - slash - 1 > LONGEST_NAME) {
            return -Errno.ENAMETOOLONG;
        }
        FakeFile parent = tree.get(slash <= 0 ? "/" : key.substring(0, slash));
        return parent == null ? -Errno.ENOENT : parent.isDirectory() ? 0 : -Errno.ENOTDIR;
    }

    int unlink(byte[] path) {
        String key = key(path);
        int bad = badPath(key);
        if (bad != 0) {
            return bad;
        }
        FakeFile file = tree.get(key);
        if (file == null) {
            return -Errno.ENOENT;
        }
        if (file.isDirectory()) {
            return -Errno.EISDIR;
        }
        tree.remove(key);
        return 0;
    }

    int rename(byte[] from, byte[] to) {
        String oldKey = key(from);
        String newKey = key(to);
        int bad = badPath(oldKey);
        bad = bad != 0 ? bad : badPath(newKey);
        if (bad != 0) {
            return bad;
        }
        FakeFile file = tree.get(oldKey);
        FakeFile there = tree.get(newKey);
        if (file == null) {
            return -Errno.ENOENT;
        }
        if (there != null && there.isDirectory() != file.isDirectory()) {
            return there.isDirectory() ? -Errno.EISDIR : -Errno.ENOTDIR;
        }
        tree.remove(oldKey);
        tree.put(newKey, file);
        return 0;
    }

    int withFile(int descriptor, ToIntFunction<FakeFile> call) {
        Description open = descriptors.get(descriptor);
        return open == null ? -Errno.EBADF : call.applyAsInt(open.file);
    }

    /** Resolves a path of {@code /proc/self/fd} to the open file with that number. */
    int withFile(byte[] path, ToIntFunction<FakeFile> call) {
        String key = key(path);
        if (key.startsWith(OPEN_FILES)) {
            int answer = withFile(Integer.parseInt(key.substring(OPEN_FILES.length())), call);
            return answer == -Errno.EBADF ? -Errno.ENOENT : answer;
        }
        int bad = badPath(key);
        FakeFile file = bad == 0 ? tree.get(key) : null;
        return bad != 0 ? bad : file == null ? -Errno.ENOENT : call.applyAsInt(file);
    }

    int close(int descriptor) {
        return descriptors.remove(descriptor) == null ? -Errno.EBADF : 0;
    }

    int statx(int descriptor, int mask, MemorySegment answer) {
        Description open = descriptors.get(descriptor);
        if (open == null) {
            return -Errno.EBADF;
        }
        answer.fill((byte) 0);
        boolean reportedAlignment = alignmentKnown && (mask & Abi.STATX_DIOALIGN()) != 0;
        statx.stx_mask(answer, Abi.STATX_BASIC_STATS() | (reportedAlignment ? Abi.STATX_DIOALIGN() : 0));
        statx.stx_mode(answer, (short) open.file.mode());
        statx.stx_uid(answer, open.file.owner());
        statx.stx_gid(answer, open.file.group());
        statx.stx_size(answer, open.file.size());
        statx.stx_ino(answer, open.file.inode());
        statx.stx_blksize(answer, PREFERRED_BLOCK_SIZE);
        if (reportedAlignment) {
            statx.stx_dio_mem_align(answer, memoryAlignment);
            statx.stx_dio_offset_align(answer, offsetAlignment);
        }
        return 0;
    }

    int fallocate(int descriptor, int mode, long offset, long length) {
        Description open = descriptors.get(descriptor);
        if (open == null || !open.isWritable()) {
            return -Errno.EBADF;
        }
        if (offset < 0 || length <= 0) {
            return -Errno.EINVAL;
        }
        if ((mode & ~Abi.FALLOC_FL_KEEP_SIZE()) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        boolean grows = mode == 0 && offset + length > open.file.size();
        return grows ? open.file.truncate(offset + length) : 0;
    }

    int flock(int descriptor, int operation) {
        Description open = descriptors.get(descriptor);
        if (open == null) {
            return -Errno.EBADF;
        }
        int wanted = operation & ~LOCK_NONBLOCK;
        if (wanted != LOCK_SHARED && wanted != LOCK_EXCLUSIVE && wanted != LOCK_UNLOCK) {
            return -Errno.EINVAL;
        }
        boolean conflicts = wanted != LOCK_UNLOCK
                && descriptors.values().stream()
                        .anyMatch(other -> other != open
                                && other.file == open.file
                                && other.lock != 0
                                && (other.lock == LOCK_EXCLUSIVE || wanted == LOCK_EXCLUSIVE));
        if (conflicts) {
            return -Errno.EAGAIN;
        }
        open.lock = wanted == LOCK_UNLOCK ? 0 : wanted;
        return 0;
    }

    /** As on a filesystem that cannot share extents. */
    int reflink(int target, int source) {
        Description to = descriptors.get(target);
        return to == null || !to.isWritable() || !descriptors.containsKey(source) ? -Errno.EBADF : -Errno.EOPNOTSUPP;
    }

    int ftruncate(int descriptor, long length) {
        Description open = descriptors.get(descriptor);
        if (open == null) {
            return -Errno.EBADF;
        }
        return length < 0 || !open.isWritable() ? -Errno.EINVAL : open.file.truncate(length);
    }

    int fcntl(int descriptor, int command, int argument) {
        Description open = descriptors.get(descriptor);
        if (open == null) {
            return -Errno.EBADF;
        }
        if (command == Abi.F_GETFL()) {
            return open.flags & ~Abi.O_CLOEXEC();
        }
        if (command == Abi.F_SETFL()) {
            int changeable = Abi.O_APPEND() | Abi.O_NONBLOCK() | OFlags.DIRECT;
            open.flags = open.flags & ~changeable | argument & changeable;
            return 0;
        }
        return -Errno.EINVAL;
    }

    long lseek(int descriptor, long offset, int whence) {
        Description open = descriptors.get(descriptor);
        if (open == null) {
            return -Errno.EBADF;
        }
        long position = switch (whence) {
            case SEEK_SET -> offset;
            case SEEK_CUR -> open.position + offset;
            case SEEK_END -> open.file.size() + offset;
            case SEEK_DATA -> open.file.nextData(offset);
            case SEEK_HOLE -> open.file.nextHole(offset);
            default -> -Errno.EINVAL;
        };
        if (position < 0) {
            return position == -Errno.ENXIO && whence >= SEEK_DATA ? position : -Errno.EINVAL;
        }
        open.position = position;
        return position;
    }

    private static String key(byte[] path) {
        return new String(path, StandardCharsets.ISO_8859_1);
    }
}

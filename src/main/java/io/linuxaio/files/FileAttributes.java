package io.linuxaio.files;

import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.Statx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * A snapshot of what a file has beside its contents: owner, group, permissions, access control list and extended
 * attributes.
 *
 * <p>A file that gets them is never more open than the one they are from, also where this process may not give all of
 * them. Its own contents must be written before: writing takes privileges away again.
 */
final class FileAttributes {
    private static final int ALL_BITS = 07777;
    private static final int PERMISSIONS = 0777;
    private static final int SET_IDS = 06000;
    private static final int STICKY = 01000;
    private static final int GROUP = 070;

    private static final String CAPABILITY = "security.capability";

    /** Attributes that this class treats by itself, or that belong to the contents (a hash, a signature). */
    private static final Set<String> NOT_CARRIED = Set.of(CAPABILITY, "security.ima", "security.evm");

    private final Statx status;

    /** Null where there is none. */
    private final AccessList list;

    /** True if the file may have a list that could not be read. */
    private final boolean listUnknown;

    private final Map<String, byte[]> extended;

    private FileAttributes(Statx status, AccessList list, boolean listUnknown, Map<String, byte[]> extended) {
        this.status = status;
        this.list = list;
        this.listUnknown = listUnknown;
        this.extended = extended;
    }

    /** Reads those of an open file, which may be open by {@code O_PATH}. */
    static FileAttributes of(Kernel kernel, int descriptor) throws IOException {
        ExtendedAttributes extended = new ExtendedAttributes(kernel, descriptor);
        ExtendedAttributes.Value value = extended.read(AccessList.ATTRIBUTE);
        AccessList list = value.isPresent() ? AccessList.of(value.bytes()).orElse(null) : null;
        return new FileAttributes(status(kernel, descriptor), list, list == null && !value.isAbsent(), extended.all());
    }

    private static Statx status(Kernel kernel, int descriptor) throws IOException {
        Statx status = Statx.of(kernel, descriptor);
        if (status.error() < 0) {
            throw CoreAccess.core().fileError("statx", path(descriptor), -status.error());
        }
        return status;
    }

    /** Returns the permissions for a copy that gets nothing else, without the bits that change who runs it. */
    static Set<PosixFilePermission> permissions(AioFile file) throws IOException {
        FileAttributes attributes =
                of(CoreAccess.core().kernel(file), CoreAccess.core().descriptor(file));
        int mode = attributes.withoutList(true);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((mode & Statx.permissionBit(permission)) != 0) {
                permissions.add(permission);
            }
        }
        return permissions;
    }

    /** By which an open file is reached, whatever has become of its name. */
    static Path path(AioFile file) {
        return path(CoreAccess.core().descriptor(file));
    }

    /** Likewise, by its descriptor. */
    static Path path(int descriptor) {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /** Gives one file the times and the attributes of another, but not the capabilities of a program. */
    static void copy(AioFile from, AioFile to) throws IOException {
        BasicFileAttributes times = Files.readAttributes(path(from), BasicFileAttributes.class);
        Files.getFileAttributeView(path(to), BasicFileAttributeView.class)
                .setTimes(times.lastModifiedTime(), times.lastAccessTime(), null);
        of(CoreAccess.core().kernel(from), CoreAccess.core().descriptor(from)).giveTo(to, false);
    }

    /**
     * Gives a file these attributes, as far as this process may. The file must be one that nobody else can open yet.
     *
     * @param capabilities whether those of a program are given too, if the file has the same owner and group
     * @throws IOException if the file cannot be kept as closed as the one that the attributes are from
     */
    void giveTo(AioFile file, boolean capabilities) throws IOException {
        Kernel kernel = CoreAccess.core().kernel(file);
        int descriptor = CoreAccess.core().descriptor(file);
        ExtendedAttributes target = new ExtendedAttributes(kernel, descriptor);
        // The group first: a process that has given the file away can do nothing more.
        Statx before = status(kernel, descriptor);
        boolean sameGroup = before.group() == status.group() || kernel.fchown(descriptor, -1, status.group()) >= 0;
        boolean sameOwner = before.owner() == status.owner() || kernel.fchown(descriptor, status.owner(), -1) >= 0;
        boolean same = sameGroup && sameOwner;
        extended.forEach((name, value) -> {
            if (isCarried(name)) {
                // One that is refused does not keep the others back.
                target.set(name, value);
            }
        });
        int permissions = giveList(target, sameGroup);
        // Last, since a change of owner takes these bits away; and nobody is to run the file as another user.
        int mode = permissions | status.mode() & (same ? SET_IDS | STICKY : STICKY);
        int answer = kernel.fchmod(descriptor, mode);
        if (answer < 0 && (status(kernel, descriptor).mode() & ALL_BITS & ~mode) != 0) {
            throw CoreAccess.core().fileError("chmod", file.path(), -answer);
        }
        if (capabilities && same && extended.containsKey(CAPABILITY)) {
            target.set(CAPABILITY, extended.get(CAPABILITY));
        }
    }

    private static boolean isCarried(String name) {
        // The system's are lists of access rights and the like: the one that matters here is given by itself.
        return !name.startsWith("system.") && !NOT_CARRIED.contains(name);
    }

    /** Gives the list, or takes away the one that a new file has from its directory; returns the permissions to set. */
    private int giveList(ExtendedAttributes target, boolean sameGroup) {
        if (list != null) {
            AccessList given = sameGroup ? list : list.forAnotherGroup();
            if (target.set(AccessList.ATTRIBUTE, given.bytes()) >= 0) {
                return given.permissions();
            }
        }
        target.remove(AccessList.ATTRIBUTE);
        int permissions = withoutList(sameGroup);
        // With a list that stays, the group's bits would be its mask.
        return target.read(AccessList.ATTRIBUTE).isPresent() ? permissions & ~GROUP : permissions;
    }

    private int withoutList(boolean sameGroup) {
        if (list != null) {
            return (sameGroup ? list : list.forAnotherGroup()).permissionsWithoutList();
        }
        int permissions = status.mode() & PERMISSIONS;
        if (sameGroup && !listUnknown) {
            return permissions;
        }
        // Members of the old group may count as others now, and others as members: both get what both had.
        int common = permissions >> 3 & permissions & 07;
        return permissions & 0700 | common << 3 | common;
    }
}

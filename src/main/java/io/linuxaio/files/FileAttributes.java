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
 * A snapshot of the security attributes of a file: owner, group, permissions, access control list and extended
 * attributes.
 *
 * <p>A file that receives them never grants more access than their source, even if this process may not set all of
 * them. Its contents must be written before, since a write clears privileges.
 */
final class FileAttributes {
    private static final int ALL_BITS = 07777;
    private static final int PERMISSIONS = 0777;
    private static final int SET_IDS = 06000;
    private static final int STICKY = 01000;
    private static final int GROUP = 070;

    private static final String CAPABILITY = "security.capability";

    /** Attributes that this class handles itself, or that belong to the contents (a hash, a signature). */
    private static final Set<String> NOT_CARRIED = Set.of(CAPABILITY, "security.ima", "security.evm");

    private final Statx status;

    /** The access control list, or null if there is none. */
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

    /** Returns the attributes of an open file, which may be open with {@code O_PATH}. */
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

    /** Returns the permissions for a copy without other attributes, excluding set-user-ID and set-group-ID. */
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

    /** Returns a path that leads to an open file even if it was renamed or removed. */
    static Path path(AioFile file) {
        return path(CoreAccess.core().descriptor(file));
    }

    /** Returns such a path for a descriptor. */
    static Path path(int descriptor) {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /** Copies the times and the attributes of one file to another, except the capabilities of a program. */
    static void copy(AioFile from, AioFile to) throws IOException {
        BasicFileAttributes times = Files.readAttributes(path(from), BasicFileAttributes.class);
        Files.getFileAttributeView(path(to), BasicFileAttributeView.class)
                .setTimes(times.lastModifiedTime(), times.lastAccessTime(), null);
        of(CoreAccess.core().kernel(from), CoreAccess.core().descriptor(from)).giveTo(to, false);
    }

    /**
     * Sets these attributes on a file, as far as this process may. No other process may be able to open the file yet.
     *
     * @param capabilities whether the capabilities of a program are set too, if owner and group are the same
     * @throws IOException if the file would grant more access than the source of the attributes
     */
    void giveTo(AioFile file, boolean capabilities) throws IOException {
        Kernel kernel = CoreAccess.core().kernel(file);
        int descriptor = CoreAccess.core().descriptor(file);
        ExtendedAttributes target = new ExtendedAttributes(kernel, descriptor);
        // The group first: a process that no longer owns the file may not change it.
        Statx before = status(kernel, descriptor);
        boolean sameGroup = before.group() == status.group() || kernel.fchown(descriptor, -1, status.group()) >= 0;
        boolean sameOwner = before.owner() == status.owner() || kernel.fchown(descriptor, status.owner(), -1) >= 0;
        boolean same = sameGroup && sameOwner;
        extended.forEach((name, value) -> {
            if (isCarried(name)) {
                // A refused attribute does not prevent the others.
                target.set(name, value);
            }
        });
        int permissions = giveList(target, sameGroup);
        // Last, since chown clears these bits. They are set only with the same owner and group.
        int mode = permissions | status.mode() & (same ? SET_IDS | STICKY : STICKY);
        int result = kernel.fchmod(descriptor, mode);
        if (result < 0 && (status(kernel, descriptor).mode() & ALL_BITS & ~mode) != 0) {
            throw CoreAccess.core().fileError("chmod", file.path(), -result);
        }
        if (capabilities && same && extended.containsKey(CAPABILITY)) {
            target.set(CAPABILITY, extended.get(CAPABILITY));
        }
    }

    private static boolean isCarried(String name) {
        // Attributes of the system are mainly access control lists; the relevant one is set separately.
        return !name.startsWith("system.") && !NOT_CARRIED.contains(name);
    }

    /**
     * Sets the list, or removes the one that a new file inherited from its directory. Returns the permissions to set.
     */
    private int giveList(ExtendedAttributes target, boolean sameGroup) {
        if (list != null) {
            AccessList given = sameGroup ? list : list.forAnotherGroup();
            if (target.set(AccessList.ATTRIBUTE, given.bytes()) >= 0) {
                return given.permissions();
            }
        }
        target.remove(AccessList.ATTRIBUTE);
        int permissions = withoutList(sameGroup);
        // If the list cannot be removed, the bits of the group would be its mask.
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
        // Members of the old group may count as others now, and vice versa: both get the permissions that both had.
        int common = permissions >> 3 & permissions & 07;
        return permissions & 0700 | common << 3 | common;
    }
}

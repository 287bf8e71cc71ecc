package io.linuxaio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.EnumSet;
import java.util.Set;

/** What a file has beside its contents. */
final class FileAttributes {
    private static final int SET_IDS = 06000;
    private static final int PERMISSIONS = 07777;

    private FileAttributes() {}

    /** The permissions of an open file, without the bits that change who runs it. */
    static Set<PosixFilePermission> permissions(AioFile file) throws IOException {
        int mode = file.descriptor().mode();
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((mode & OpenFlags.bit(permission)) != 0) {
                permissions.add(permission);
            }
        }
        return permissions;
    }

    /** By which an open file is reached, whatever has become of its name. */
    static Path path(AioFile file) {
        return Path.of("/proc/self/fd/" + file.descriptor().number());
    }

    /** Gives one file the permissions, the owner, the times and the extended attributes of another. */
    static void copy(AioFile from, AioFile to) throws IOException {
        Path source = path(from);
        Path target = path(to);
        copyExtended(source, target);
        // The group first: who has given the file away can do nothing more.
        boolean owned = copyOwner("unix:gid", source, target) & copyOwner("unix:uid", source, target);
        BasicFileAttributes times = Files.readAttributes(source, BasicFileAttributes.class);
        Files.getFileAttributeView(target, BasicFileAttributeView.class)
                .setTimes(times.lastModifiedTime(), times.lastAccessTime(), null);
        // Last, since a change of owner takes these bits away; and nobody is to run it as somebody else.
        int mode = from.descriptor().mode() & PERMISSIONS;
        Files.setAttribute(target, "unix:mode", owned ? mode : mode & ~SET_IDS);
    }

    private static boolean copyOwner(String attribute, Path source, Path target) throws IOException {
        Object owner = Files.getAttribute(source, attribute);
        try {
            Files.setAttribute(target, attribute, owner);
            return true;
        } catch (IOException notPermitted) {
            return false;
        }
    }

    private static void copyExtended(Path source, Path target) {
        UserDefinedFileAttributeView from = Files.getFileAttributeView(source, UserDefinedFileAttributeView.class);
        UserDefinedFileAttributeView to = Files.getFileAttributeView(target, UserDefinedFileAttributeView.class);
        try {
            for (String name : from.list()) {
                ByteBuffer value = ByteBuffer.allocate(from.size(name));
                from.read(name, value);
                to.write(name, value.flip());
            }
        } catch (IOException notThere) {
            // One of the filesystems has none; the JDK does not tell this from other failures.
        }
    }
}

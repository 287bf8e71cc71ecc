package io.linuxaio.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A POSIX access control list (acl(5)), in the form of the extended attribute {@code system.posix_acl_access}.
 *
 * <p>A file that has a list shows the list's mask in the group bits of its mode, not the permissions of its group.
 */
final class AccessList {
    /** The extended attribute that holds the list. */
    static final String ATTRIBUTE = "system.posix_acl_access";

    // linux/posix_acl_xattr.h: a version, then entries of tag, permissions and id, all little-endian.
    private static final int VERSION = 2;
    private static final int HEADER_BYTES = 4;
    private static final int ENTRY_BYTES = 8;
    private static final int PERMISSIONS_OFFSET = 2;

    private static final int OWNER = 0x01;
    private static final int NAMED_USER = 0x02;
    private static final int GROUP = 0x04;
    private static final int NAMED_GROUP = 0x08;
    private static final int MASK = 0x10;
    private static final int OTHERS = 0x20;

    private static final int ALL = 7;

    private final byte[] bytes;

    private AccessList(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Returns the list that an attribute's value holds, or empty if the value is not of the known form. */
    static Optional<AccessList> of(byte[] value) {
        if (value.length < HEADER_BYTES
                || (value.length - HEADER_BYTES) % ENTRY_BYTES != 0
                || buffer(value).getInt(0) != VERSION) {
            return Optional.empty();
        }
        AccessList list = new AccessList(value.clone());
        boolean complete = list.has(OWNER) && list.has(GROUP) && list.has(OTHERS);
        return complete ? Optional.of(list) : Optional.empty();
    }

    private static ByteBuffer buffer(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the value for the extended attribute. */
    byte[] bytes() {
        return bytes.clone();
    }

    /** Returns the nine permission bits that the mode of a file with this list has. */
    int permissions() {
        return of(OWNER) << 6 | (has(MASK) ? of(MASK) : of(GROUP)) << 3 | of(OTHERS);
    }

    /**
     * Returns the nine permission bits for a file that cannot have a list. They grant no user any access that the list
     * denies.
     */
    int permissionsWithoutList() {
        // Without the list, a user with a user or group entry counts as a member of the group or as one of the others.
        int users = allOf(NAMED_USER);
        int group = effective(GROUP) & users;
        int others = of(OTHERS) & users & allOf(NAMED_GROUP);
        return of(OWNER) << 6 | group << 3 | others;
    }

    /**
     * Returns the list for a file of another group. That group gains no access; the members of the old group, which
     * count as others now, keep at most the access that they had.
     */
    AccessList forAnotherGroup() {
        AccessList list = new AccessList(bytes.clone());
        list.set(OTHERS, of(OTHERS) & effective(GROUP));
        list.set(GROUP, 0);
        return list;
    }

    private int effective(int tag) {
        return of(tag) & (has(MASK) ? of(MASK) : ALL);
    }

    /** Returns the permissions that all entries of a kind grant, or all permissions if there is no such entry. */
    private int allOf(int tag) {
        int common = ALL;
        for (int at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
            if (tagAt(at) == tag) {
                common &= permissionsAt(at) & (has(MASK) ? of(MASK) : ALL);
            }
        }
        return common;
    }

    private boolean has(int tag) {
        return find(tag) >= 0;
    }

    private int of(int tag) {
        return permissionsAt(find(tag));
    }

    private void set(int tag, int permissions) {
        buffer(bytes).putShort(find(tag) + PERMISSIONS_OFFSET, (short) permissions);
    }

    private int find(int tag) {
        for (int at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
            if (tagAt(at) == tag) {
                return at;
            }
        }
        return -1;
    }

    private int tagAt(int offset) {
        return buffer(bytes).getShort(offset);
    }

    private int permissionsAt(int offset) {
        return buffer(bytes).getShort(offset + PERMISSIONS_OFFSET) & ALL;
    }
}

package io.linuxaio.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * Access control lists of files (acl(5)), in the short text form of setfacl(1): {@code u::rw-,u:12345:r--,g::---,...},
 * with numbers for names.
 */
public final class Acl {
    private static final String ACCESS = "system.posix_acl_access";
    private static final String DEFAULT = "system.posix_acl_default";
    private static final int VERSION = 2;
    private static final int HEADER = 4;
    private static final int ENTRY = 8;
    private static final int NOBODY = -1;
    private static final List<Integer> TAGS = List.of(0x01, 0x02, 0x04, 0x08, 0x10, 0x20);
    private static final List<String> NAMES = List.of("u:", "u:", "g:", "g:", "m:", "o:");

    private Acl() {}

    /** Sets the list of a file, or skips the test if its filesystem does not support lists. */
    public static void set(Path file, String list) {
        Xattr.set(file, ACCESS, bytes(list));
    }

    /** Sets the default list of a directory, which new files in it inherit. */
    public static void setDefault(Path directory, String list) {
        Xattr.set(directory, DEFAULT, bytes(list));
    }

    /** Returns a file's list; empty text if it has none. */
    public static String of(Path file) {
        return Xattr.get(file, ACCESS).map(Acl::text).orElse("");
    }

    /** Returns the binary form of a list: linux/posix_acl_xattr.h. */
    public static byte[] bytes(String list) {
        String[] entries = list.split(",");
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + ENTRY * entries.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(VERSION);
        for (String entry : entries) {
            String[] parts = entry.split(":");
            boolean named = !parts[1].isEmpty();
            int tag = NAMES.indexOf(parts[0] + ":") + (named ? 1 : 0);
            bytes.putShort(TAGS.get(tag).shortValue());
            int permissions = 0;
            for (char c : parts[2].toCharArray()) {
                permissions = permissions << 1 | (c == '-' ? 0 : 1);
            }
            bytes.putShort((short) permissions);
            bytes.putInt(named ? Integer.parseInt(parts[1]) : NOBODY);
        }
        return bytes.array();
    }

    /** Returns the text of a list. */
    public static String text(byte[] list) {
        ByteBuffer bytes = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
        StringBuilder text = new StringBuilder();
        for (bytes.getInt(); bytes.hasRemaining(); ) {
            int tag = TAGS.indexOf((int) bytes.getShort());
            int permissions = bytes.getShort();
            int id = bytes.getInt();
            text.append(text.isEmpty() ? "" : ",").append(NAMES.get(tag)).append(id == NOBODY ? "" : id);
            text.append(':').append((permissions & 4) != 0 ? 'r' : '-').append((permissions & 2) != 0 ? 'w' : '-');
            text.append((permissions & 1) != 0 ? 'x' : '-');
        }
        return text.toString();
    }
}

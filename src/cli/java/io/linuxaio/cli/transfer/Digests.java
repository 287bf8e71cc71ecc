package io.linuxaio.cli.transfer;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Several checksums of the same bytes. */
public final class Digests {
    private final Map<Checksum, Checksum.Running> running = new EnumMap<>(Checksum.class);

    public Digests(Set<Checksum> checksums) {
        checksums.forEach(checksum -> running.put(checksum, checksum.start()));
    }

    /** Takes what remains of the buffer, and leaves the buffer as it was. */
    public void update(ByteBuffer data) {
        running.values().forEach(one -> one.update(data.duplicate()));
    }

    /** All checksums; ends them. */
    public Map<Checksum, String> hex() {
        Map<Checksum, String> hex = new EnumMap<>(Checksum.class);
        running.forEach((checksum, one) -> hex.put(checksum, one.hex()));
        return hex;
    }

    /** As {@code sha256sum} prints it, so that {@code sha256sum -c} takes it. */
    static String line(String hex, String name) {
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + hex + "  " + escaped;
    }
}

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

    /** Adds the remaining bytes of a buffer, whose position is unchanged. */
    public void update(ByteBuffer data) {
        running.values().forEach(one -> one.update(data.duplicate()));
    }

    /** Completes and returns all checksums. */
    public Map<Checksum, String> hex() {
        Map<Checksum, String> hex = new EnumMap<>(Checksum.class);
        running.forEach((checksum, one) -> hex.put(checksum, one.hex()));
        return hex;
    }

    /** Returns a line in the format of {@code sha256sum}, which {@code sha256sum -c} accepts. */
    static String line(String hex, String name) {
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + hex + "  " + escaped;
    }
}

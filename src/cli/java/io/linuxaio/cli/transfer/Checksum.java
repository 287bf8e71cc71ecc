package io.linuxaio.cli.transfer;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32C;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The supported checksums. */
public enum Checksum {
    /** SHA-256, as {@code sha256sum} computes and checks it. */
    SHA256,
    /** CRC-32C, which is quick and used by iSCSI, ext4 and btrfs. */
    CRC32C;

    /** A checksum that is being computed. */
    interface Running {
        /** Adds the remaining bytes of a buffer. */
        void update(ByteBuffer data);

        /** Completes and returns the checksum. */
        String hex();
    }

    Running start() {
        return this == SHA256 ? new Sha256() : new Crc();
    }

    private static final class Sha256 implements Running {
        private final MessageDigest digest;

        Sha256() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("each Java platform has SHA-256", e);
            }
        }

        @Override
        public void update(ByteBuffer data) {
            digest.update(data);
        }

        @Override
        public String hex() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static final class Crc implements Running {
        private final CRC32C crc = new CRC32C();

        @Override
        public void update(ByteBuffer data) {
            crc.update(data);
        }

        @Override
        public String hex() {
            return HexFormat.of().toHexDigits((int) crc.getValue());
        }
    }

    /** Converts the names of checksums, in any case. */
    static final class Converter implements ITypeConverter<Checksum> {
        @Override
        public Checksum convert(String name) {
            return switch (name.toLowerCase(Locale.ROOT).replace("-", "")) {
                case "sha256" -> SHA256;
                case "crc32c" -> CRC32C;
                default -> throw new TypeConversionException("'" + name + "' is neither sha256 nor crc32c");
            };
        }
    }
}

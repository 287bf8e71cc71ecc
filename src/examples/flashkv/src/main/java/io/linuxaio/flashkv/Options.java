package io.linuxaio.flashkv;

import io.linuxaio.flashkv.server.ServerSettings;
import io.linuxaio.flashkv.store.Store;
import io.linuxaio.flashkv.store.StoreSettings;
import io.linuxaio.log.LogDurability;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The command line: {@code --name value} or {@code --name=value}. */
final class Options {
    static final String HELP = """
            flashkv: a durable key-value server that speaks the protocol of Redis

              flashkv [--port 7379] [--dir flashkv-data] [OPTION VALUE]...

              --port PORT                where clients connect; 0 for any free port (7379)
              --bind ADDRESS             the address of the interface (127.0.0.1)
              --dir DIRECTORY            where the data are; created if it is missing (flashkv-data)
              --fsync MODE               always: a write is acknowledged when it is durable (the default)
                                         everysec: when it is written; a sync follows within a second
                                         no: when it is written; a power failure can lose any number of writes
              --max-connections NUMBER   clients beyond that are refused (10000)
              --max-request SIZE         the longest request and the longest value (8m)
              --idle-timeout SECONDS     silent clients are cut off; 0 for never (300)
              --write-timeout SECONDS    clients that do not read are cut off; 0 for never (30)
              --snapshot-after SIZE      length of the log at which a snapshot shortens it (256m)
              --snapshot-rate SIZE       bytes a second at which a snapshot is written (64m)
              --segment-size SIZE        length of a file of the log, a multiple of 4k (64m)
              --truncate-at POSITION     gives up what a damaged log has from this position on
              --truncate-snapshot-at OFFSET
                                         gives up what a damaged snapshot has from this byte on
              --help                     prints this text

            A SIZE is a number of bytes, or of KiB, MiB or GiB with k, m or g behind it.
            """;

    private static final int MAX_CONNECTIONS = 60_000;
    private static final int MAX_PORT = 65535;
    private static final long MAX_REQUEST = 512L << 20;
    private static final long MIN_REQUEST = 1024;
    private static final long BLOCK = 4096;

    private final Map<String, String> values = new LinkedHashMap<>();

    private Options() {
        values.put("port", "7379");
        values.put("bind", "127.0.0.1");
        values.put("dir", "flashkv-data");
        values.put("fsync", "always");
        values.put("max-connections", "10000");
        values.put("max-request", "8m");
        values.put("idle-timeout", "300");
        values.put("write-timeout", "30");
        values.put("snapshot-after", "256m");
        values.put("snapshot-rate", "64m");
        values.put("segment-size", "64m");
        values.put("truncate-at", "-1");
        values.put("truncate-snapshot-at", "-1");
    }

    /** Parses a command line. Throws with a message for the user if it is wrong. */
    static Options parse(String... arguments) {
        Options options = new Options();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (!argument.startsWith("--")) {
                throw new IllegalArgumentException("unexpected argument: " + argument);
            }
            int equals = argument.indexOf('=');
            String name = argument.substring(2, equals < 0 ? argument.length() : equals);
            if (!options.values.containsKey(name)) {
                throw new IllegalArgumentException("unknown option: --" + name);
            }
            if (equals < 0 && i + 1 == arguments.length) {
                throw new IllegalArgumentException("--" + name + " needs a value");
            }
            options.values.put(name, equals < 0 ? arguments[++i] : argument.substring(equals + 1));
        }
        options.server();
        options.store();
        return options;
    }

    Path directory() {
        return Path.of(values.get("dir"));
    }

    int port() {
        return (int) number("port", 0, MAX_PORT);
    }

    ServerSettings server() {
        InetSocketAddress address = new InetSocketAddress(values.get("bind"), port());
        if (address.isUnresolved()) {
            throw wrong("bind", "is no address of this host");
        }
        return new ServerSettings(
                address,
                (int) number("max-connections", 1, MAX_CONNECTIONS),
                maxRequest(),
                Duration.ofSeconds(number("idle-timeout", 0, Integer.MAX_VALUE)),
                Duration.ofSeconds(number("write-timeout", 0, Integer.MAX_VALUE)));
    }

    private int maxRequest() {
        return (int) size("max-request", MIN_REQUEST, MAX_REQUEST);
    }

    StoreSettings store() {
        long segment = size("segment-size", BLOCK, Long.MAX_VALUE);
        long least = (Store.bufferSize(maxRequest()) + 2 * BLOCK - 1) / BLOCK * BLOCK;
        if (segment % BLOCK != 0 || segment < least) {
            throw wrong(
                    "segment-size", "must be a multiple of 4096 and at least " + least + ", for this --max-request");
        }
        return new StoreSettings(
                directory(),
                durability(),
                maxRequest(),
                segment,
                size("snapshot-after", 1, Long.MAX_VALUE),
                size("snapshot-rate", 1024, Long.MAX_VALUE),
                number("truncate-at", -1, Long.MAX_VALUE),
                number("truncate-snapshot-at", -1, Long.MAX_VALUE));
    }

    private LogDurability durability() {
        return switch (values.get("fsync")) {
            case "always" -> LogDurability.ALWAYS;
            case "everysec" -> LogDurability.INTERVAL;
            case "no" -> LogDurability.NONE;
            default -> throw wrong("fsync", "must be always, everysec or no");
        };
    }

    /** Returns the settings under the names that Redis has for them. */
    Map<String, String> config() {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("port", values.get("port"));
        config.put("bind", values.get("bind"));
        config.put("dir", directory().toAbsolutePath().normalize().toString());
        config.put("appendonly", "yes");
        config.put("appendfsync", values.get("fsync"));
        config.put("save", "");
        config.put("databases", "1");
        config.put("maxclients", values.get("max-connections"));
        config.put("timeout", values.get("idle-timeout"));
        config.put("proto-max-bulk-len", Integer.toString(maxRequest()));
        return config;
    }

    private long number(String name, long least, long most) {
        try {
            return inRange(name, Long.parseLong(values.get(name)), least, most);
        } catch (NumberFormatException e) {
            throw wrong(name, "is no number");
        }
    }

    private long size(String name, long least, long most) {
        String text = values.get(name).toLowerCase(Locale.ROOT);
        int unit = text.isEmpty() ? -1 : "kmg".indexOf(text.charAt(text.length() - 1));
        try {
            long number = Long.parseLong(unit < 0 ? text : text.substring(0, text.length() - 1));
            return inRange(name, Math.multiplyExact(number, 1L << 10 * (unit + 1)), least, most);
        } catch (NumberFormatException | ArithmeticException e) {
            throw wrong(name, "is no size; examples: 4096, 64k, 8m, 1g");
        }
    }

    private long inRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw wrong(
                    name,
                    most == Long.MAX_VALUE ? "must be at least " + least : "must be from " + least + " to " + most);
        }
        return value;
    }

    private IllegalArgumentException wrong(String name, String reason) {
        return new IllegalArgumentException("--" + name + " " + values.get(name) + ": " + reason);
    }
}

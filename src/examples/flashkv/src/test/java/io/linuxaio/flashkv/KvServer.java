package io.linuxaio.flashkv;

import io.linuxaio.flashkv.server.Server;
import io.linuxaio.flashkv.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server in this process, on a free port. */
public final class KvServer implements AutoCloseable {
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final Store store;
    private final Server server;

    private KvServer(Options options) throws IOException {
        store = Store.open(options.store(), messages::add);
        try {
            server = new Server(options.server(), store, options.config(), messages::add);
            server.start();
        } catch (Throwable e) {
            store.close();
            throw e;
        }
    }

    /** Starts a server with small files. */
    public static KvServer start(Path directory, String... more) throws IOException {
        return new KvServer(Options.parse(small(directory, more)));
    }

    /** Returns arguments for a server with small files on a free port. */
    public static String[] small(Path directory, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--port", "0", "--dir", directory.toString(), "--max-request", "64k", "--segment-size", "1m"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    public int port() {
        return server.address().getPort();
    }

    public RespClient connect() throws IOException {
        return new RespClient(port());
    }

    /** Returns what was written to the console. */
    public List<String> messages() {
        return messages;
    }

    @Override
    public void close() throws IOException {
        try (store;
                server) {
            messages.add("stopping");
        }
    }
}

package io.linuxaio.flashkv.server;

import io.linuxaio.flashkv.command.Session;
import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.resp.ReplyWriter;
import io.linuxaio.flashkv.store.Store;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Accepts connections, a virtual thread for each, up to a limit; cuts off clients that wait too long; ends in order. */
public final class Server implements AutoCloseable {
    /** The time within which {@link #close} returns. */
    public static final Duration MAX_CLOSE = Duration.ofMillis(3200);

    private static final int BACKLOG = 4096;
    private static final long WATCH_MILLIS = 250;
    private static final long ACCEPT_PAUSE_MILLIS = 100;
    private static final Duration GRACE = Duration.ofMillis(2500);
    private static final Duration LAST_GRACE = Duration.ofMillis(500);

    private final ServerSettings settings;
    private final Store store;
    private final Consumer<String> console;
    private final ServerSocket listener;
    private final Statistics statistics = new Statistics();
    private final Facts facts;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    /** Counts the threads of connections, and one party more for the server. */
    private final Phaser running = new Phaser(1);

    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean stopping;

    /**
     * Begins to listen. Connections wait until {@link #start}.
     *
     * @param config the settings that clients may ask for
     * @param console receives messages
     */
    public Server(ServerSettings settings, Store store, Map<String, String> config, Consumer<String> console)
            throws IOException {
        this.settings = settings;
        this.store = store;
        this.console = console;
        listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(settings.address(), BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        facts = new Facts(store, statistics, connections, config, settings.maxRequest());
    }

    /** Returns the address at which the server listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Begins to accept connections. */
    public void start() {
        Thread.ofPlatform().name("flashkv-accept").daemon().start(this::accept);
        Thread.ofPlatform().name("flashkv-watch").daemon().start(this::watch);
    }

    private void accept() {
        boolean reported = false;
        while (!stopping) {
            try {
                begin(listener.accept());
                reported = false;
            } catch (IOException | OutOfMemoryError e) {
                // No descriptors or no memory, for the moment. Clients wait in the backlog.
                if (!stopping && !reported) {
                    console.accept("no connection can be accepted: " + e.getMessage());
                    reported = true;
                }
                awaitStop(ACCEPT_PAUSE_MILLIS);
            }
        }
    }

    private void begin(Socket socket) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            if (connections.size() >= settings.maxConnections()) {
                reject(socket);
                return;
            }
            long id = statistics.connections.sum() + 1;
            statistics.connections.increment();
            Connection connection = new Connection(
                    new WatchedSocket(socket),
                    new Session(id, socket.getRemoteSocketAddress().toString().substring(1), facts),
                    store,
                    statistics,
                    settings.maxRequest(),
                    () -> stopping);
            running.register();
            connections.add(connection);
            Thread.ofVirtual().name("connection-", id).start(() -> run(connection));
            if (stopping) {
                connection.socket().endInput();
            }
        } catch (IOException | RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }

    private void run(Connection connection) {
        try {
            connection.run();
        } catch (RuntimeException | Error e) {
            console.accept("a connection ended by a failure: " + e);
        } finally {
            connections.remove(connection);
            running.arriveAndDeregister();
        }
    }

    private void reject(Socket socket) throws IOException {
        statistics.rejected.increment();
        // Fits into the socket's buffer, so it does not wait.
        try (socket) {
            ReplyWriter writer = new ReplyWriter(socket.getOutputStream());
            writer.write(new Reply.Error("ERR max number of clients reached"));
            writer.flush();
        }
    }

    private void watch() {
        while (!awaitStop(WATCH_MILLIS)) {
            long now = System.nanoTime();
            for (Connection connection : connections) {
                if (connection
                        .socket()
                        .isOverdue(
                                now,
                                settings.idleTimeout().toNanos(),
                                settings.writeTimeout().toNanos())) {
                    statistics.timedOut.increment();
                    connection.socket().close();
                }
            }
        }
    }

    /** Returns {@code true} if the server stops, {@code false} after the time. */
    private boolean awaitStop(long millis) {
        try {
            return stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /**
     * Stops: accepts no more connections, reads no more commands, lets those that were read finish, writes their replies,
     * closes the connections. Clients that do not read are cut off after two and a half seconds.
     */
    @Override
    public void close() throws IOException {
        stopping = true;
        stop.countDown();
        listener.close();
        connections.forEach(connection -> connection.socket().endInput());
        int phase = running.arriveAndDeregister();
        if (!awaitConnections(phase, GRACE)) {
            console.accept(connections.size() + " clients do not read their replies and are cut off");
            connections.forEach(connection -> connection.socket().close());
            awaitConnections(phase, LAST_GRACE);
        }
    }

    private boolean awaitConnections(int phase, Duration patience) {
        try {
            running.awaitAdvanceInterruptibly(phase, patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

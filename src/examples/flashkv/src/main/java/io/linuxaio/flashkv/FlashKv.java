package io.linuxaio.flashkv;

import io.linuxaio.flashkv.server.Server;
import io.linuxaio.flashkv.store.Store;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The program: options, start, signals. */
public final class FlashKv {
    private static final int FAILURE = 1;
    private static final int USAGE = 2;
    private static final Duration LOG_PATIENCE = Duration.ofMillis(1500);

    private FlashKv() {}

    /** Runs the server until a signal ends it. */
    public static void main(String[] arguments) throws InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(Options.HELP);
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            say(e.getMessage());
            say("for the options: --help");
            System.exit(USAGE);
            return;
        }
        try {
            start(options);
        } catch (IOException | UnsupportedOperationException e) {
            say(explain(options, e));
            System.exit(FAILURE);
        }
        // The threads of the server are daemons.
        new CountDownLatch(1).await();
    }

    private static void start(Options options) throws IOException {
        Store store = Store.open(options.store(), FlashKv::say);
        try {
            Server server = new Server(options.server(), store, options.config(), FlashKv::say);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, store), "flashkv-shutdown"));
            server.start();
            say("ready: " + server.address() + ", data in "
                    + options.directory().toAbsolutePath().normalize());
        } catch (Throwable e) {
            store.close();
            throw e;
        }
    }

    private static String explain(Options options, Exception failure) {
        return switch (failure) {
            case BindException e ->
                "port " + options.port() + " cannot be used: " + e.getMessage() + "; choose another one by --port";
            case AccessDeniedException e -> e.getFile() + ": the directory is not writable by this user";
            case FileAlreadyExistsException e -> e.getFile() + ": is no directory";
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }

    private static void stop(Server server, Store store) {
        say("stopping");
        Thread closing = Thread.ofPlatform().daemon().name("flashkv-close").start(() -> close(server, store));
        try {
            // Server.close is bounded. The log is not, if the device does not answer.
            if (!closing.join(Server.MAX_CLOSE.plus(LOG_PATIENCE))) {
                say("the log did not close in time; acknowledged writes are in it");
                Runtime.getRuntime().halt(FAILURE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Server server, Store store) {
        try (store;
                server) {
            // Closing is all there is to do.
        } catch (IOException e) {
            say("closing failed: " + e.getMessage());
            return;
        }
        say("stopped");
    }

    private static void say(String message) {
        System.err.println("flashkv: " + message);
    }
}

package io.linuxaio.flashkv.server;

import io.linuxaio.flashkv.command.Pipeline;
import io.linuxaio.flashkv.command.Session;
import io.linuxaio.flashkv.resp.ProtocolException;
import io.linuxaio.flashkv.resp.Reply;
import io.linuxaio.flashkv.resp.ReplyWriter;
import io.linuxaio.flashkv.resp.RequestReader;
import io.linuxaio.flashkv.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The dialogue with one client, on a virtual thread: reads the commands that are there, runs them, and writes their replies
 * when the writes among them are durable. While it writes, or waits for the log, it does not read: a client that does not read
 * its replies, or is faster than the disk, waits in turn.
 */
final class Connection implements Runnable {
    private final WatchedSocket socket;
    private final Store store;
    private final Statistics statistics;
    private final BooleanSupplier stopping;
    private final Session session;
    private final Pipeline pipeline;
    private final RequestReader reader;

    Connection(
            WatchedSocket socket,
            Session session,
            Store store,
            Statistics statistics,
            int maxRequest,
            BooleanSupplier stopping) {
        this.socket = socket;
        this.session = session;
        this.store = store;
        this.statistics = statistics;
        this.stopping = stopping;
        pipeline = new Pipeline(session);
        reader = new RequestReader(maxRequest);
    }

    Session session() {
        return session;
    }

    WatchedSocket socket() {
        return socket;
    }

    @Override
    public void run() {
        try (socket) {
            ReplyWriter writer = new ReplyWriter(socket.output());
            try {
                converse(socket.input(), writer);
            } catch (ProtocolException e) {
                statistics.protocolErrors.increment();
                // The commands before the error are commands.
                execute(writer);
                writer.write(new Reply.Error(e.getMessage()));
            }
            writer.flush();
        } catch (IOException e) {
            // The client is gone, or was cut off by a timeout or the shutdown.
            return;
        }
    }

    private void converse(InputStream input, ReplyWriter writer) throws IOException, ProtocolException {
        while (!session.hasQuit()) {
            byte[][] request = reader.next();
            if (request != null) {
                pipeline.add(request);
            }
            if (request == null || pipeline.isFull()) {
                execute(writer);
            }
            if (request == null) {
                writer.flush();
                if (stopping.getAsBoolean() || !reader.fill(input)) {
                    return;
                }
            }
        }
    }

    private void execute(ReplyWriter writer) throws IOException {
        if (pipeline.count() > 0) {
            statistics.commands.add(pipeline.count());
            List<Reply> replies = pipeline.execute(store);
            for (Reply reply : replies) {
                writer.write(reply);
            }
        }
    }
}

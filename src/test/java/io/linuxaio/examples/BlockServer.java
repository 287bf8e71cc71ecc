package io.linuxaio.examples;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * A server of blocks on an event loop. A client sends the number of a block, eight bytes, and receives the block,
 * repeatedly. One thread does it all, in {@link #run}. Subclasses show how it waits for connections and for the disk at
 * the same time.
 */
abstract class BlockServer implements AutoCloseable {
    static final int BLOCK = 4096;
    private static final long MAX_NUMBER = Long.MAX_VALUE / BLOCK - 1;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel acceptor = ServerSocketChannel.open();
    private final AioBufferPool pool;
    private volatile boolean stopping;

    /** @param pool the connections' buffers, whose number limits the connections */
    BlockServer(AioBufferPool pool) throws IOException {
        this.pool = pool;
        acceptor.bind(new InetSocketAddress("127.0.0.1", 0));
        acceptor.configureBlocking(false);
        acceptor.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Starts to read a connection's block. Must not block. */
    abstract void startRead(Connection connection, long position) throws IOException;

    /** Waits until a channel is ready or a read has completed, and answers the completed reads. */
    abstract void awaitEvents(Selector selector) throws IOException;

    /** A client that requests blocks, one after the other. */
    final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final AioBuffer buffer;
        private final ByteBuffer request = ByteBuffer.allocate(Long.BYTES);
        private ByteBuffer reply;

        private Connection(SocketChannel channel, AioBuffer buffer) throws IOException {
            this.channel = channel;
            this.buffer = buffer;
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        AioBuffer buffer() {
            return buffer;
        }

        private void ready() throws IOException {
            if (key.isReadable()) {
                if (channel.read(request) < 0) {
                    close();
                } else if (!request.hasRemaining()) {
                    long number = request.flip().getLong();
                    request.clear();
                    if (number < 0 || number > MAX_NUMBER) {
                        close();
                        return;
                    }
                    // No further request is read until the answer is sent.
                    key.interestOps(0);
                    startRead(this, number * BLOCK);
                }
            } else if (key.isWritable()) {
                send();
            }
        }

        /** Answers a completed read. The count is not positive if there is no such block or it cannot be read. */
        void answer(int count) {
            try {
                if (count <= 0) {
                    close();
                } else if (key.isValid()) {
                    reply = buffer.segment().asSlice(0, count).asByteBuffer();
                    send();
                }
            } catch (IOException e) {
                close();
            }
        }

        private void send() throws IOException {
            channel.write(reply);
            key.interestOps(reply.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        private void close() {
            if (key.isValid()) {
                key.cancel();
                // If a read is in flight, the buffer returns to the pool when it has completed.
                buffer.close();
            }
            try {
                channel.close();
            } catch (IOException e) {
                // It is closed in any case.
            }
        }
    }

    SocketAddress address() throws IOException {
        return acceptor.getLocalAddress();
    }

    /** Serves until {@link #stop}. */
    final void run() throws IOException {
        while (!stopping) {
            awaitEvents(selector);
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isValid() && key.isAcceptable()) {
                    accept();
                } else if (key.isValid()) {
                    Connection connection = (Connection) key.attachment();
                    try {
                        connection.ready();
                    } catch (IOException e) {
                        connection.close();
                    }
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = acceptor.accept();
        if (channel == null) {
            return;
        }
        Optional<AioBuffer> buffer = pool.tryAcquire();
        if (buffer.isEmpty()) {
            channel.close();
            return;
        }
        channel.configureBlocking(false);
        new Connection(channel, buffer.get());
    }

    /** Makes the selector return. Called by any thread. */
    final void wakeUp() {
        selector.wakeup();
    }

    /** Makes {@link #run} return. Called by any thread. */
    final void stop() {
        stopping = true;
        wakeUp();
    }

    /** Closes all connections. To be called after {@link #run} has returned. */
    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof Connection connection) {
                connection.close();
            }
        }
        acceptor.close();
        selector.close();
    }
}

package io.linuxaio.artemis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.io.SequentialFileFactory;
import org.apache.activemq.artemis.core.io.aio.AIOSequentialFileFactory;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** A broker in this process, with {@code journal-type ASYNCIO}, one durable queue and one client of it. */
public final class Broker implements AutoCloseable {
    private static final String QUEUE = "numbers";
    private static final int FILE_SIZE = 1 << 20;
    private static final long PATIENCE_MILLIS = 10_000;

    private final EmbeddedActiveMQ server = new EmbeddedActiveMQ();
    private final ServerLocator locator;
    private final ClientSessionFactory sessions;

    /** Starts the broker, which recovers what is in the directory. */
    public Broker(Path directory) throws Exception {
        this(directory, FILE_SIZE);
    }

    /** Starts the broker with journal files of this size, in bytes. */
    public Broker(Path directory, int fileSize) throws Exception {
        server.setConfiguration(configuration(directory, fileSize));
        server.start();
        if (!server.getActiveMQServer().isActive()) {
            server.stop();
            throw new IllegalStateException("the broker does not start");
        }
        locator = ActiveMQClient.createServerLocator("vm://0");
        locator.setBlockOnDurableSend(true);
        sessions = locator.createSessionFactory();
    }

    /** Returns a configuration with everything below the directory. */
    static Configuration configuration(Path directory, int fileSize) throws Exception {
        return new ConfigurationImpl()
                .setJournalType(JournalType.ASYNCIO)
                .setJournalDirectory(directory.resolve("journal").toString())
                .setBindingsDirectory(directory.resolve("bindings").toString())
                .setPagingDirectory(directory.resolve("paging").toString())
                .setLargeMessagesDirectory(directory.resolve("large").toString())
                .setJournalFileSize(fileSize)
                .setJournalMinFiles(2)
                .setJournalDatasync(true)
                .setJournalLockAcquisitionTimeout(2000)
                .setPersistenceEnabled(true)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                // The disk of a build machine may be nearly full.
                .setMaxDiskUsage(-1)
                .addAcceptorConfiguration("vm", "vm://0")
                .addQueueConfiguration(QueueConfiguration.of(QUEUE)
                        .setAddress(QUEUE)
                        .setRoutingType(RoutingType.ANYCAST)
                        .setDurable(true));
    }

    /** Returns the factory of the files of the message journal. */
    SequentialFileFactory journalFiles() {
        return ((JournalImpl) server.getActiveMQServer().getStorageManager().getMessageJournal()).getFileFactory();
    }

    /** Returns {@code true} if the journal uses asynchronous I/O; {@code false} if it has fallen back to NIO. */
    public boolean isAsynchronous() {
        return journalFiles() instanceof AIOSequentialFileFactory;
    }

    /** Opens a sender for one thread. */
    public Sender sender() throws Exception {
        return new Sender(sessions.createSession(true, true));
    }

    /** Receives all messages that the broker delivers, and returns their numbers. */
    List<Long> receiveAll() throws Exception {
        List<Long> numbers = new ArrayList<>();
        try (ClientSession session = sessions.createSession(true, true, 0)) {
            session.start();
            try (ClientConsumer consumer = session.createConsumer(QUEUE)) {
                long count = server.getActiveMQServer().locateQueue(QUEUE).getMessageCount();
                while (numbers.size() < count) {
                    ClientMessage message = consumer.receive(PATIENCE_MILLIS);
                    if (message == null) {
                        System.out.println(numbers.size() + " of " + count + " messages were delivered");
                        break;
                    }
                    numbers.add(message.getBodyBuffer().readLong());
                    message.acknowledge();
                }
            }
            session.commit();
        }
        return numbers;
    }

    @Override
    public void close() throws IOException {
        sessions.close();
        locator.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("the broker does not stop", e);
        }
    }

    /** A producer of durable messages, each of which is in the journal when its sending returns. */
    public static final class Sender implements AutoCloseable {
        private final ClientSession session;
        private final ClientProducer producer;

        private Sender(ClientSession session) throws Exception {
            this.session = session;
            producer = session.createProducer(QUEUE);
        }

        /** Sends a message with a number and this many bytes more. */
        public void send(long number, int size) throws Exception {
            ClientMessage message = session.createMessage(true);
            message.getBodyBuffer().writeLong(number);
            message.getBodyBuffer().writeBytes(new byte[size]);
            producer.send(message);
        }

        @Override
        public void close() throws ActiveMQException {
            session.close();
        }
    }
}

package io.linuxaio.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.activemq.artemis.core.io.aio.AIOSequentialFileFactory;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker in this process: what it uses, and what it keeps over a restart. */
@OnRealKernel
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BrokerIT {
    private static final int MESSAGES = 500;
    private static final int SIZE = 1000;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void usesAsynchronousFilesAndKeepsDurableMessages() throws Exception {
        try (Broker broker = new Broker(directory)) {
            assertThat(broker.journalFiles()).isInstanceOf(AIOSequentialFileFactory.class);
            send(broker);
        }
        try (Broker broker = new Broker(directory)) {
            assertThat(broker.receiveAll())
                    .containsExactlyElementsOf(
                            LongStream.range(0, MESSAGES).boxed().toList());
        }
        try (Broker broker = new Broker(directory)) {
            assertThat(broker.receiveAll()).isEmpty();
        }
    }

    @Test
    void fallsBackToNioOnAFilesystemWithoutDirectIo() throws Exception {
        try (Volume volume = Volume.ramfs(directory)) {
            try (Broker broker = new Broker(volume.path())) {
                assertThat(broker.journalFiles()).isInstanceOf(NIOSequentialFileFactory.class);
                send(broker);
                assertThat(broker.receiveAll()).hasSize(MESSAGES);
            }
        }
    }

    private static void send(Broker broker) throws Exception {
        try (Broker.Sender sender = broker.sender()) {
            for (int i = 0; i < MESSAGES; i++) {
                sender.send(i, SIZE);
            }
        }
    }
}

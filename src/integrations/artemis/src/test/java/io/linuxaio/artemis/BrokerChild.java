package io.linuxaio.artemis;

import io.linuxaio.testing.ChildJvm;
import java.nio.file.Path;

/**
 * A broker in a process of its own. {@code send DIRECTORY FIRST} sends numbered messages by several threads until the process
 * is killed, and prints each number when the broker has acknowledged the message. {@code start DIRECTORY} starts a broker and
 * prints the kind of its files.
 */
final class BrokerChild {
    private static final int THREADS = 4;
    private static final int SIZE = 700;

    private BrokerChild() {}

    /** Prepares a process that logs as this one does. */
    static ChildJvm jvm() {
        String logging = "java.util.logging.config.file";
        return ChildJvm.of(BrokerChild.class).option("-D" + logging + "=" + System.getProperty(logging));
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        Broker broker;
        try {
            broker = new Broker(directory);
        } catch (Exception e) {
            System.out.println("refused: " + e.getMessage());
            System.exit(1);
            return;
        }
        if (arguments[0].equals("start")) {
            System.out.println(broker.journalFiles().getClass().getSimpleName());
            broker.close();
            System.exit(0);
        }
        long first = Long.parseLong(arguments[2]);
        for (int i = 0; i < THREADS; i++) {
            long from = first + i;
            Thread.ofPlatform().start(() -> send(broker, from));
        }
    }

    private static void send(Broker broker, long from) {
        try (Broker.Sender sender = broker.sender()) {
            for (long number = from; true; number += THREADS) {
                sender.send(number, SIZE);
                System.out.println("acknowledged " + number);
            }
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}

package io.linuxaio.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.artemis.core.io.aio.AIOSequentialFileFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that receives messages is killed by SIGKILL at random moments, again and again on the same journal: each message
 * that it acknowledged is there. {@code -Dkills=20} does it 20 times; {@code -Dlinuxaio.seed} repeats a run.
 */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class BrokerKillIT {
    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int MAX_LINES = 1500;
    private static final int MAX_NANOS = 5_000_000;
    private static final String ACKNOWLEDGED = "acknowledged ";

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void acknowledgedMessagesAreThere() throws Exception {
        long seed = Seed.next();
        Random random = new Random(seed);
        Set<Long> acknowledged = new HashSet<>();
        long next = 0;
        for (int i = 0; i < KILLS; i++) {
            next = runAndKill(acknowledged, random, next, "kill " + i + " of seed " + seed);
        }
        Set<Long> found;
        try (Broker broker = new Broker(directory)) {
            assertThat(broker.journalFiles()).isInstanceOf(AIOSequentialFileFactory.class);
            found = new HashSet<>(broker.receiveAll());
        }
        Set<Long> lost = new HashSet<>(acknowledged);
        lost.removeAll(found);
        assertThat(lost).as("of seed %d", seed).isEmpty();
        System.out.printf(
                "%d kills, seed %d: all of %d acknowledged messages were there, of %d%n",
                KILLS, seed, acknowledged.size(), found.size());
    }

    /** Runs a broker, kills it, and returns a number above those that it has used. */
    private long runAndKill(Set<Long> acknowledged, Random random, long first, String run) throws Exception {
        Process process = BrokerChild.jvm().start("send", directory.toString(), Long.toString(first));
        long last = first;
        try (BufferedReader output = process.inputReader()) {
            for (int left = 1 + random.nextInt(MAX_LINES); left > 0; left--) {
                last = Math.max(last, nextAcknowledged(output, acknowledged, run));
            }
            LockSupport.parkNanos(random.nextInt(MAX_NANOS));
            // Through the handle: the process itself would throw away what can still be read.
            process.toHandle().destroyForcibly();
            String line;
            while ((line = output.readLine()) != null) {
                last = Math.max(last, note(line, acknowledged));
            }
            assertThat(process.waitFor()).as(run).isEqualTo(128 + 9);
        } finally {
            process.destroyForcibly().waitFor();
        }
        // A message may be in the journal without its number having been printed.
        return last + 1000;
    }

    private static long nextAcknowledged(BufferedReader output, Set<Long> acknowledged, String run) throws IOException {
        StringBuilder others = new StringBuilder();
        while (true) {
            String line = output.readLine();
            assertThat(line).as(run + others).isNotNull();
            if (line.startsWith(ACKNOWLEDGED)) {
                return note(line, acknowledged);
            }
            others.append(System.lineSeparator()).append(line);
        }
    }

    private static long note(String line, Set<Long> acknowledged) {
        if (!line.matches(ACKNOWLEDGED + "\\d+")) {
            return 0;
        }
        long number = Long.parseLong(line.substring(ACKNOWLEDGED.length()));
        acknowledged.add(number);
        return number;
    }
}

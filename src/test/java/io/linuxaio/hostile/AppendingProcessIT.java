package io.linuxaio.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.files.AioFileSubscriber;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioFlow;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hundreds of overwrites and appends beside a process that appends durable records to the same file. */
@OnRealKernel
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class AppendingProcessIT {
    private static final int ROUNDS = 200;
    private static final int OLD = 1 << 20;
    private static final Pattern RECORD = Pattern.compile("<record (\\d{12})>");
    private static final Pattern OURS = Pattern.compile("<our own (\\d{12})>");

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Random random = new Random(7);
    private final byte[] bytes = Bytes.random(3, OLD);
    private Path file;

    /** The ways to write a file. */
    enum Way {
        CHANNEL,
        FORCED_CHANNEL,
        RESERVING_CHANNEL,
        WHOLE_FILE,
        FLOW
    }

    /** Appends numbered records until its standard input ends, then prints their number. */
    static final class Appender {
        public static void main(String[] args) throws IOException {
            long count = 0;
            try (FileChannel file = FileChannel.open(Path.of(args[0]), WRITE, APPEND, DSYNC)) {
                while (System.in.available() == 0) {
                    file.write(ByteBuffer.wrap("<record %012d>".formatted(count).getBytes(US_ASCII)));
                    count++;
                }
            }
            System.out.println(count);
        }
    }

    private interface Round {
        void run(int round) throws IOException;
    }

    /** Runs the rounds beside the process, and returns how many records it has appended. */
    private long besideAppender(Round rounds) throws IOException {
        file = directory.resolve("file");
        Files.write(file, bytes);
        Process appender = ChildJvm.of(Appender.class).start(file.toString());
        try {
            Await.until("the first record", () -> size() > OLD || !appender.isAlive());
            for (int i = 0; i < ROUNDS; i++) {
                rounds.run(i);
            }
            appender.getOutputStream().write('\n');
            appender.getOutputStream().flush();
            return Long.parseLong(new String(appender.getInputStream().readAllBytes(), US_ASCII).strip());
        } finally {
            appender.destroyForcibly();
        }
    }

    private long size() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Way way, byte[] contents, OpenOption... options) throws IOException {
        switch (way) {
            case WHOLE_FILE -> AioFiles.write(file, contents, options).join();
            case FLOW -> {
                AioFileSubscriber subscriber = AioFlow.newSubscriber(AioContext.shared(), file, 1 << 16, 4, options);
                try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
                    publisher.subscribe(subscriber);
                    publisher.submit(ByteBuffer.wrap(contents));
                }
                subscriber.written().join();
            }
            default -> {
                try (AioWriteChannel channel = AioFiles.using(AioContext.shared())
                        .withBlockSize(1 << 16)
                        .withDepth(4)
                        .newWriteChannel(file, options)) {
                    if (way == Way.RESERVING_CHANNEL) {
                        channel.allocate(contents.length);
                    }
                    channel.write(ByteBuffer.wrap(contents));
                    if (way == Way.FORCED_CHANNEL) {
                        channel.force(false);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noAppendedRecordIsLostBesideOverwrites(Way way) throws IOException {
        long records = besideAppender(_ -> write(way, Arrays.copyOf(bytes, 1 + random.nextInt(OLD)), WRITE));

        byte[] found = Files.readAllBytes(file);
        assertThat(Arrays.mismatch(found, 0, OLD, bytes, 0, OLD))
                .as("first difference")
                .isEqualTo(-1);
        Matcher matcher = RECORD.matcher(new String(found, OLD, found.length - OLD, US_ASCII));
        long count = 0;
        while (matcher.find()) {
            assertThat(Long.parseLong(matcher.group(1))).isEqualTo(count);
            count++;
        }
        assertThat(count).as("records").isEqualTo(records);
        assertThat(found.length).isEqualTo(OLD + records * "<record 000000000000>".length());
    }

    @ParameterizedTest
    @EnumSource
    void appendsOfTwoProcessesAreAllKept(Way way) throws IOException {
        long records = besideAppender(
                round -> write(way, "<our own %012d>".formatted(round).getBytes(US_ASCII), APPEND));

        byte[] found = Files.readAllBytes(file);
        String text = new String(found, OLD, found.length - OLD, US_ASCII);
        assertThat(RECORD.matcher(text).results().count())
                .as("records of the other process")
                .isEqualTo(records);
        assertThat(OURS.matcher(text).results().map(result -> Integer.parseInt(result.group(1))))
                .as("records of this process")
                .hasSize(ROUNDS)
                .isSorted();
    }
}

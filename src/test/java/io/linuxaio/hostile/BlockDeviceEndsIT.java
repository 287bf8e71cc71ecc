package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.files.AioFileSubscriber;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioFlow;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.LoopDevice;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes to a block device, which change only their own bytes, whatever their length is relative to the sectors. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BlockDeviceEndsIT {
    private static final int CAPACITY = 4 << 20;
    private static final int[] LENGTHS = {
        1, 511, 512, 513, 1000, 4095, 4096, 4097, 5000, 65_536 + 100, 1 << 20, (1 << 20) + 1, CAPACITY - 1, CAPACITY
    };
    private static final OpenOption[][] OPTIONS = {{}, {WRITE}, {CREATE, WRITE, TRUNCATE_EXISTING, SYNC}};

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final byte[] old = Bytes.random(8, CAPACITY);
    private final byte[] more = Bytes.random(9, CAPACITY);

    private interface Writer {
        void write(Path device, byte[] contents, OpenOption... options) throws IOException;
    }

    private void changesItsOwnBytes(int sectorSize, Writer writer) throws IOException {
        LoopDevice.assumePossible();
        Path image = Files.write(directory.resolve("image"), old);
        try (LoopDevice device = LoopDevice.attach(image, sectorSize)) {
            for (OpenOption[] options : OPTIONS) {
                for (int length : LENGTHS) {
                    AioFiles.write(device.node(), old, WRITE, SYNC).join();
                    byte[] expected = old.clone();
                    System.arraycopy(more, 0, expected, 0, length);

                    writer.write(device.node(), Arrays.copyOf(more, length), options);

                    byte[] found = AioFiles.readAllBytes(device.node()).join();
                    assertThat(Arrays.mismatch(found, expected))
                            .as("%d bytes with %s", length, Arrays.toString(options))
                            .isEqualTo(-1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void wholeFiles(int sectorSize) throws IOException {
        changesItsOwnBytes(
                sectorSize,
                (device, contents, options) ->
                        AioFiles.write(device, contents, options).join());
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void channels(int sectorSize) throws IOException {
        changesItsOwnBytes(sectorSize, (device, contents, options) -> {
            try (AioWriteChannel channel = AioFiles.using(AioContext.shared())
                    .withBlockSize(1 << 16)
                    .withDepth(3)
                    .newWriteChannel(device, options)) {
                channel.allocate(contents.length);
                channel.write(ByteBuffer.wrap(contents, 0, contents.length / 2));
                channel.force(false);
                channel.write(ByteBuffer.wrap(contents, contents.length / 2, contents.length - contents.length / 2));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void streams(int sectorSize) throws IOException {
        changesItsOwnBytes(sectorSize, (device, contents, options) -> {
            AioFileSubscriber subscriber = AioFlow.newSubscriber(AioContext.shared(), device, 1 << 16, 3, options);
            try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
                publisher.subscribe(subscriber);
                publisher.submit(ByteBuffer.wrap(contents));
            }
            subscriber.written().join();
        });
    }
}

package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioFlow;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** User code in a dependent stage that waits for another file: it blocks only itself. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitingStagesIT {
    private static final int MANY = 40;
    private static final int SIZE = 10_000;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path file;

    @BeforeEach
    void file() throws IOException {
        file = Files.write(directory.resolve("file"), new byte[SIZE]);
    }

    private int length() {
        return AioFiles.readAllBytes(file).join().length;
    }

    @Test
    void stagesMayWaitForOtherFiles() {
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(AioFiles.readAllBytes(file).thenApply(bytes -> bytes.length + length()));
        }

        assertThat(all).allSatisfy(each -> assertThat(each.join()).isEqualTo(2 * SIZE));
    }

    @Test
    void stagesOfFailuresMayWaitForOtherFiles() {
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(AioFiles.readAllBytes(directory.resolve("none")).handle((_, _) -> length()));
        }

        assertThat(all).allSatisfy(each -> assertThat(each.join()).isEqualTo(SIZE));
    }

    @Test
    void progressOfCopiesMayWaitForOtherFiles() {
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(AioFiles.using(AioContext.shared())
                    .copy(
                            file,
                            directory.resolve("copy" + i),
                            (_, _) -> length(),
                            StandardCopyOption.REPLACE_EXISTING));
        }

        assertThat(all).allSatisfy(each -> assertThat(each.join()).isEqualTo(SIZE));
    }

    @Test
    void subscribersMayWaitForOtherFiles() {
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Waiting subscriber = new Waiting();
            AioFlow.newPublisher(AioContext.shared(), file, 1 << 20, 1).subscribe(subscriber);
            all.add(subscriber.sum);
        }

        assertThat(all).allSatisfy(each -> assertThat(each.join()).isEqualTo(2 * SIZE));
    }

    /** Reads the file once more in each signal. */
    private final class Waiting implements Flow.Subscriber<ByteBuffer> {
        private final CompletableFuture<Integer> sum = new CompletableFuture<>();
        private int bytes;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            length();
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer block) {
            bytes += block.remaining() + length();
        }

        @Override
        public void onError(Throwable failure) {
            sum.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            length();
            sum.complete(bytes);
        }
    }
}

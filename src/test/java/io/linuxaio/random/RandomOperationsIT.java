package io.linuxaio.random;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.linuxaio.AioContext;
import io.linuxaio.FileContents;
import io.linuxaio.LinuxAio;
import io.linuxaio.OnKernel;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A {@link RandomWalk} over the real kernel: no operation may fail, and files match the model.
 *
 * <p>A failure prints its seed; {@code -Dlinuxaio.seed=} repeats it. {@code -Dlinuxaio.random.seconds=} sets the duration.
 */
@OnRealKernel
class RandomOperationsIT {
    private static final long SECONDS = RandomWalk.seconds(45);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** The timeout depends on the requested duration, which an annotation cannot express. */
    @Test
    void filesMatchTheModel() {
        RandomWalk walk =
                new RandomWalk(OnKernel.ofThisProcess(), directory, FileContents::of, false, Seed.next(), SECONDS);

        assertTimeoutPreemptively(
                RandomWalk.limit(SECONDS),
                () -> walk.run(LinuxAio.backend().name().toLowerCase(Locale.ROOT)));

        assertThat(walk.tally().operations()).as("number of operations").isGreaterThan(100);
    }

    /** Checks the comparison on which the other test relies. */
    @Test
    @Timeout(60)
    void theModelDetectsADifferentFile() throws IOException {
        Path path = directory.resolve("spoilt");
        try (AioContext context = AioContext.builder().queueDepth(1).open()) {
            ModelledFile file = new ModelledFile(context.open(path, READ, WRITE, CREATE), FileContents.of(path));
            file.fill(context, new Random(1));
            file.check();
            byte[] contents = Files.readAllBytes(path);
            contents[12_345]++;
            Files.write(path, contents);

            assertThatThrownBy(file::check).isInstanceOf(AssertionError.class);
            file.close();
        }
    }
}

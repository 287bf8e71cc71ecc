package io.linuxaio.random;

import io.linuxaio.AioContext;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** The thread of a {@link RandomWalk} that closes contexts under the others, and replaces them. */
final class RandomCloser implements Runnable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int DEEPEST = 40;
    private static final int MAX_BETWEEN = 3000;

    private final RandomWalk walk;
    private final Random random;

    RandomCloser(RandomWalk walk, Random random) {
        this.walk = walk;
        this.random = random;
    }

    @Override
    public void run() {
        try {
            while (walk.goesOn()) {
                long next = walk.tally().operations() + random.nextInt(MAX_BETWEEN);
                Await.becomes(() -> walk.tally().operations() >= next || !walk.goesOn(), PATIENCE);
                replaceOne();
            }
        } catch (Throwable e) {
            walk.fail(e);
        }
    }

    private void replaceOne() throws IOException, InterruptedException {
        int place = random.nextInt(walk.contextCount());
        AioContext.Builder builder = AioContext.builder().queueDepth(1 + random.nextInt(DEEPEST));
        if (random.nextInt(3) == 0) {
            builder.submission(AioSubmitMode.NON_BLOCKING);
        }
        boolean inSteps = random.nextBoolean();
        AioContext old = walk.replace(place, walk.openContext(builder));
        old.shutdown();
        if (inSteps && old.awaitTermination(Duration.ofNanos(1))) {
            walk.tally().count(OperationCounts.Kind.CONTEXTS_CLOSED);
            return;
        }
        if (!old.awaitTermination(PATIENCE)) {
            throw new AssertionError("not closed within " + PATIENCE + ": " + old);
        }
        walk.tally().count(OperationCounts.Kind.CONTEXTS_CLOSED);
    }
}

package io.linuxaio.cli.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of the process, which waits for the clean-up of the command and for nothing else. */
@Timeout(60)
class ShutdownSignalTest {
    private final ShutdownSignal stop = new ShutdownSignal();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void aWaitForMissingDataIsInterrupted() throws Exception {
        Pipe pipe = Pipe.open();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        Thread worker = Thread.ofPlatform().start(() -> {
            try {
                stop.interruptibly(() -> pipe.source().read(ByteBuffer.allocate(1)));
                ended.complete(false);
            } catch (StoppedException e) {
                // Cleaning up is not interrupted any more.
                ended.complete(!Thread.currentThread().isInterrupted());
            } catch (IOException e) {
                ended.completeExceptionally(e);
            }
        });
        stop.request();

        assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
        worker.join();
        pipe.sink().close();
    }

    @Test
    void theProcessExitsWhenTheCommandHasCleanedUp() throws Exception {
        stop.beginWork();
        Thread hook = Thread.ofPlatform().start(() -> stop.onShutdown(err));
        Await.parked(hook);
        assertThatThrownBy(stop::check).isInstanceOf(StoppedException.class);
        stop.end();
        hook.join();

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void theProcessExitsAtOnceBeforeWorkHasBegun() {
        stop.onShutdown(err);

        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("interrupted before anything was done");
        assertThatThrownBy(stop::beginWork).isInstanceOf(StoppedException.class);
    }

    @Test
    void aSignalDuringJvmShutdownIsOneLine() throws IOException {
        Command.Result result = ChildJvm.of(LateHook.class).run();

        assertThat(result.output()).isEqualTo("aio: interrupted before anything was done\ninstalled: false\n");
    }

    /** Installs the hook when the JVM runs its hooks. */
    static final class LateHook {
        public static void main(String[] args) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> System.out.println("installed: " + new ShutdownSignal().installHook(System.out))));
        }
    }

    @Test
    void nothingIsPrintedAfterTheEnd() throws IOException, ExecutionException {
        stop.beginWork();
        stop.end();
        stop.onShutdown(err);

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}

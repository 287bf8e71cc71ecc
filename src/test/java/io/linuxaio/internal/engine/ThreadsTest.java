package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The library's threads, by its own factory and by those of users. */
@Timeout(60)
class ThreadsTest {
    private final AtomicBoolean ran = new AtomicBoolean();

    private void assertRuns(Thread thread) throws InterruptedException {
        assertThat(thread.getState()).isEqualTo(Thread.State.NEW);
        thread.start();
        thread.join();
        assertThat(ran).isTrue();
    }

    @Test
    void aDaemonIsMadeIfThereIsNoFactory() throws InterruptedException {
        Thread thread = Threads.by(null, "a-name", () -> ran.set(true));

        assertThat(thread.getName()).isEqualTo("a-name");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.isVirtual()).isFalse();
        assertRuns(thread);
    }

    @Test
    void aFactoryMakesTheThread() throws InterruptedException {
        Thread thread = Threads.by(
                task -> Thread.ofPlatform().name("of the user").unstarted(task), "a-name", () -> ran.set(true));

        assertThat(thread.getName()).isEqualTo("of the user");
        assertRuns(thread);
    }

    @Test
    void aFactoryThatReturnsNoPlatformThreadIsRefused() {
        assertThatThrownBy(() -> Threads.by(_ -> null, "a-name", () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("returned null");
        assertThatThrownBy(() -> Threads.by(Thread.ofVirtual().factory(), "a-name", () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("returned a virtual thread");
    }

    @Test
    void aDaemonInheritsNothingFromItsStarter() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        ThreadGroup group = new ThreadGroup(new ThreadGroup("of users"), "of a user");
        FutureTask<Thread> made = new FutureTask<>(() -> {
            local.set("of a user");
            return Threads.daemon("a-name", () -> ran.set(local.get() == null));
        });
        Thread starter = new Thread(group, made);
        starter.setPriority(Thread.MAX_PRIORITY);
        starter.start();
        Thread thread = made.get(30, TimeUnit.SECONDS);

        assertThat(thread.getThreadGroup()).isSameAs(Threads.root());
        assertThat(Threads.root().getParent()).isNull();
        assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
        assertRuns(thread);
    }
}

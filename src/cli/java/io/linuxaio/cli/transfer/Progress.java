package io.linuxaio.cli.transfer;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.text.Terminal;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/** Tells how far a transfer is, seldom enough not to be in the way. For one thread. */
public abstract class Progress {
    private static final double SMOOTHING_SECONDS = 2;

    private final LongSupplier nanoTime;
    private final long interval;
    private final long start;
    private long lastTime;
    private long lastDone;
    private double rate;

    private Progress(LongSupplier nanoTime, long interval) {
        this.nanoTime = nanoTime;
        this.interval = interval;
        start = nanoTime.getAsLong();
        lastTime = start;
    }

    /** What fits the session; silent where that was asked for. */
    public static Progress of(CommandContext session, boolean quiet, ProgressWords line) {
        if (quiet) {
            return new Silent();
        }
        return session.errIsTerminal()
                ? new OnTerminal(session.err(), line, Terminal.width(), System::nanoTime)
                : new Plain(session.err(), line, System::nanoTime);
    }

    /** So many bytes, or whatever is counted, are done, of all. */
    public final void update(long done) {
        long now = nanoTime.getAsLong();
        long passed = now - lastTime;
        if (passed < interval) {
            return;
        }
        double seconds = passed / 1e9;
        double latest = (done - lastDone) / seconds;
        // Follows a change of speed within a few seconds, and does not jump with each block.
        rate = lastTime == start ? latest : rate + (latest - rate) * (1 - Math.exp(-seconds / SMOOTHING_SECONDS));
        lastTime = now;
        lastDone = done;
        show(done, rate, now - start);
    }

    abstract void show(long done, double bytesPerSecond, long nanos);

    /** Nothing more will come: leaves a clean line for what is printed next. */
    public void end() {}

    /** One line that is written over and over, ten times a second at most. */
    static final class OnTerminal extends Progress {
        private final PrintStream out;
        private final ProgressWords line;
        private final int width;
        private boolean shown;

        OnTerminal(PrintStream out, ProgressWords line, int width, LongSupplier nanoTime) {
            super(nanoTime, 100_000_000);
            this.out = out;
            this.line = line;
            this.width = width;
        }

        @Override
        void show(long done, double bytesPerSecond, long nanos) {
            // The last column stays free: some terminals wrap when it is filled.
            out.print("\r" + line.bar(done, bytesPerSecond, nanos, width - 1) + "\033[K");
            out.flush();
            shown = true;
        }

        @Override
        public void end() {
            if (shown) {
                out.print("\r\033[K");
                out.flush();
            }
        }
    }

    /** A line of its own every five seconds, for logs. */
    static final class Plain extends Progress {
        private final PrintStream out;
        private final ProgressWords line;

        Plain(PrintStream out, ProgressWords line, LongSupplier nanoTime) {
            super(nanoTime, 5_000_000_000L);
            this.out = out;
            this.line = line;
        }

        @Override
        void show(long done, double bytesPerSecond, long nanos) {
            out.println(line.plain(done, bytesPerSecond, nanos));
            out.flush();
        }
    }

    private static final class Silent extends Progress {
        Silent() {
            super(() -> 0, Long.MAX_VALUE);
        }

        @Override
        void show(long done, double bytesPerSecond, long nanos) {}
    }
}

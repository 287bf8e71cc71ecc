package io.linuxaio.cli.transfer;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.text.Terminal;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/** A display of progress that is updated at a limited rate. For one thread. */
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

    /** Returns the display for standard error; a silent one if {@code quiet} is true. */
    public static Progress of(CommandContext context, boolean quiet, ProgressWords line) {
        if (quiet) {
            return new Silent();
        }
        return context.errIsTerminal()
                ? new OnTerminal(context.err(), line, Terminal.width(), System::nanoTime)
                : new Plain(context.err(), line, System::nanoTime);
    }

    /** Updates the number of bytes or operations done. */
    public final void update(long done) {
        long now = nanoTime.getAsLong();
        long passed = now - lastTime;
        if (passed < interval) {
            return;
        }
        double seconds = passed / 1e9;
        double latest = (done - lastDone) / seconds;
        // An exponentially weighted moving average: follows a change of speed within a few seconds.
        rate = lastTime == start ? latest : rate + (latest - rate) * (1 - Math.exp(-seconds / SMOOTHING_SECONDS));
        lastTime = now;
        lastDone = done;
        show(done, rate, now - start);
    }

    abstract void show(long done, double bytesPerSecond, long nanos);

    /** Ends the display and leaves an empty line for further output. */
    public void end() {}

    /** One line that is overwritten, at most ten times a second. */
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
            // The last column stays empty: some terminals wrap if it is filled.
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

    /** A new line every five seconds, for logs. */
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

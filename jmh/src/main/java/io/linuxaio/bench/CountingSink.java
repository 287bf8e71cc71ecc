package io.linuxaio.bench;

/** Counts and does nothing else: for throughput. */
final class CountingSink extends OperationSink {
    CountingSink(Meter meter, Positions positions) {
        super(meter, positions);
    }

    @Override
    void starts(int slot, long position) {}

    @Override
    void ended(int slot) {}
}

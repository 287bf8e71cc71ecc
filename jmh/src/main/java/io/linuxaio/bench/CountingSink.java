package io.linuxaio.bench;

/** A sink that only counts operations, for throughput. */
final class CountingSink extends OperationSink {
    CountingSink(Meter meter, Positions positions) {
        super(meter, positions);
    }

    @Override
    void starts(int slot, long position) {}

    @Override
    void ended(int slot) {}
}

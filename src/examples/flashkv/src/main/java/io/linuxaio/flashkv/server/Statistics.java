package io.linuxaio.flashkv.server;

import java.util.concurrent.atomic.LongAdder;

/** Counters of a server. */
final class Statistics {
    final LongAdder connections = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder timedOut = new LongAdder();
    final LongAdder commands = new LongAdder();
    final LongAdder protocolErrors = new LongAdder();
}

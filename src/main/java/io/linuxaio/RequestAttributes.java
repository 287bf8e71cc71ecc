package io.linuxaio;

import io.linuxaio.internal.engine.RequestFlags;
import java.util.EnumSet;
import java.util.Set;

/**
 * In what manner a view of a file has its operations done.
 *
 * @param flags travel with each operation
 * @param priority at the device, or null
 * @param atomicWrites what atomic writes may be; null where they are not asked for
 * @param request the same as the engine wants it
 */
record RequestAttributes(
        Set<AioRequestFlag> flags, AioPriority priority, AioAtomicWriteLimits atomicWrites, RequestFlags request) {
    static final RequestAttributes PLAIN = of(EnumSet.noneOf(AioRequestFlag.class), null, null);

    private static RequestAttributes of(
            Set<AioRequestFlag> flags, AioPriority priority, AioAtomicWriteLimits atomicWrites) {
        int bits = 0;
        for (AioRequestFlag flag : flags) {
            bits |= flag.bits();
        }
        int ofReads = flags.contains(AioRequestFlag.NOWAIT) ? AioRequestFlag.NOWAIT.bits() : 0;
        short ioPriority = priority == null ? RequestFlags.NO_PRIORITY : priority.bits();
        return new RequestAttributes(flags, priority, atomicWrites, new RequestFlags(ofReads, bits, ioPriority));
    }

    boolean has(AioRequestFlag flag) {
        return flags.contains(flag);
    }

    RequestAttributes with(Set<AioRequestFlag> more) {
        EnumSet<AioRequestFlag> all = EnumSet.copyOf(more);
        all.addAll(flags);
        return of(all, priority, atomicWrites);
    }

    RequestAttributes with(AioPriority other) {
        return of(flags, other, atomicWrites);
    }

    RequestAttributes with(AioAtomicWriteLimits limits) {
        return of(flags, priority, limits);
    }
}

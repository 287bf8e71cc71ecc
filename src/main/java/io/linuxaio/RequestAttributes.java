package io.linuxaio;

import io.linuxaio.internal.engine.RequestFlags;
import java.util.EnumSet;
import java.util.Set;

/**
 * The attributes that a view of a file gives to its operations.
 *
 * @param flags the flags that each operation carries
 * @param priority the priority at the device, or null
 * @param atomicWrites the limits of atomic writes; null if they are not requested
 * @param fullQueuePolicy the policy if the queue is full; null for that of the context
 * @param request the same attributes in the engine's form
 */
record RequestAttributes(
        Set<AioRequestFlag> flags,
        AioPriority priority,
        AioAtomicWriteLimits atomicWrites,
        AioFullQueuePolicy fullQueuePolicy,
        RequestFlags request) {
    static final RequestAttributes PLAIN = of(EnumSet.noneOf(AioRequestFlag.class), null, null, null);

    private static RequestAttributes of(
            Set<AioRequestFlag> flags,
            AioPriority priority,
            AioAtomicWriteLimits atomicWrites,
            AioFullQueuePolicy fullQueuePolicy) {
        int bits = 0;
        for (AioRequestFlag flag : flags) {
            bits |= flag.bits();
        }
        int ofReads = bits & (AioRequestFlag.NOWAIT.bits() | AioRequestFlag.DONTCACHE.bits());
        short ioPriority = priority == null ? RequestFlags.NO_PRIORITY : priority.bits();
        return new RequestAttributes(
                flags, priority, atomicWrites, fullQueuePolicy, new RequestFlags(ofReads, bits, ioPriority));
    }

    boolean has(AioRequestFlag flag) {
        return flags.contains(flag);
    }

    RequestAttributes with(Set<AioRequestFlag> more) {
        EnumSet<AioRequestFlag> all = EnumSet.copyOf(more);
        all.addAll(flags);
        return of(all, priority, atomicWrites, fullQueuePolicy);
    }

    RequestAttributes with(AioPriority other) {
        return of(flags, other, atomicWrites, fullQueuePolicy);
    }

    RequestAttributes with(AioAtomicWriteLimits limits) {
        return of(flags, priority, limits, fullQueuePolicy);
    }

    RequestAttributes with(AioFullQueuePolicy policy) {
        return of(flags, priority, atomicWrites, policy);
    }
}

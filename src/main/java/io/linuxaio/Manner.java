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
record Manner(Set<AioFlag> flags, AioPriority priority, AioAtomicWrites atomicWrites, RequestFlags request) {
    static final Manner PLAIN = of(EnumSet.noneOf(AioFlag.class), null, null);

    private static Manner of(Set<AioFlag> flags, AioPriority priority, AioAtomicWrites atomicWrites) {
        int bits = 0;
        for (AioFlag flag : flags) {
            bits |= flag.bits();
        }
        int ofReads = flags.contains(AioFlag.NOWAIT) ? AioFlag.NOWAIT.bits() : 0;
        short ioPriority = priority == null ? RequestFlags.NO_PRIORITY : priority.bits();
        return new Manner(flags, priority, atomicWrites, new RequestFlags(ofReads, bits, ioPriority));
    }

    boolean has(AioFlag flag) {
        return flags.contains(flag);
    }

    Manner with(Set<AioFlag> more) {
        EnumSet<AioFlag> all = EnumSet.copyOf(more);
        all.addAll(flags);
        return of(all, priority, atomicWrites);
    }

    Manner with(AioPriority other) {
        return of(flags, other, atomicWrites);
    }

    Manner with(AioAtomicWrites limits) {
        return of(flags, priority, limits);
    }
}

package io.linuxaio;

/**
 * The priority of operations at the device, given to {@link AioFile#with(AioPriority)} ({@code ioprio_set(2)}, Linux
 * 4.18). Its effect depends on the device's scheduler; {@code none} and {@code mq-deadline} use the class at most.
 *
 * @param kind the class
 * @param level from 0, the highest, to 7; 0 for {@link Kind#IDLE}
 */
public record AioPriority(Kind kind, int level) {
    private static final int LEVELS = 8;
    private static final int CLASS_SHIFT = 13;

    /** The class of a priority. */
    public enum Kind {
        /** Served before all others; requires {@code CAP_SYS_ADMIN} or {@code CAP_SYS_NICE}, else {@code EPERM}. */
        REAL_TIME,
        /** The default class of operations. */
        BEST_EFFORT,
        /** Served only while no other process uses the device. */
        IDLE
    }

    /**
     * Creates a priority.
     *
     * @throws IllegalArgumentException if the level is not from 0 to 7
     */
    public AioPriority {
        if (level < 0 || level >= LEVELS) {
            throw new IllegalArgumentException("the level of a priority must be from 0 to 7: " + level);
        }
    }

    /** Returns {@code aio_reqprio}: IOPRIO_PRIO_VALUE of linux/ioprio.h, whose classes count from 1. */
    short bits() {
        return (short) (kind.ordinal() + 1 << CLASS_SHIFT | level);
    }
}

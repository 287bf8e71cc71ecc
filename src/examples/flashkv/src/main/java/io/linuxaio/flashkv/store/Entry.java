package io.linuxaio.flashkv.store;

/**
 * A value and its end. Immutable, the bytes too.
 *
 * @param value the bytes, which nobody changes
 * @param deadline milliseconds since 1970, from which on the entry has expired; {@link #NEVER} if it does not
 */
public record Entry(byte[] value, long deadline) {
    /** The deadline of entries that do not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Returns {@code true} if the entry has not expired. */
    public boolean isLive(long now) {
        return now < deadline;
    }
}

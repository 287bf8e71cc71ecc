package io.linuxaio.flashkv.command;

import java.util.concurrent.TimeUnit;

/** Deadlines from times to live. */
final class Deadlines {
    private Deadlines() {}

    /**
     * Returns the deadline after a time to live.
     *
     * @param now milliseconds since 1970
     * @param ttl seconds or milliseconds
     * @param positive {@code true} if the time must be greater than zero
     */
    static long after(long now, long ttl, boolean seconds, boolean positive, String command) throws CommandException {
        long millis = seconds ? TimeUnit.SECONDS.toMillis(ttl) : ttl;
        boolean overflows = millis == Long.MAX_VALUE || millis == Long.MIN_VALUE || millis >= Long.MAX_VALUE - now;
        if (overflows || positive && ttl <= 0) {
            throw new CommandException("ERR invalid expire time in '" + command + "' command");
        }
        return now + millis;
    }
}

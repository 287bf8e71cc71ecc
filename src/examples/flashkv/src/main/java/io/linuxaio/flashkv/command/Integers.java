package io.linuxaio.flashkv.command;

import java.nio.charset.StandardCharsets;

/** Integers as text: decimal, of 64 bits, with one spelling each. */
final class Integers {
    private static final int MAX_DIGITS = 20;

    private Integers() {}

    static byte[] format(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }

    /** Parses an integer. Refuses plus signs, spaces, leading zeros and "-0". */
    static long parse(byte[] bytes) throws CommandException {
        if (bytes.length == 0 || bytes.length > MAX_DIGITS) {
            throw CommandException.notAnInteger();
        }
        boolean negative = bytes[0] == '-';
        int at = negative ? 1 : 0;
        if (at == bytes.length || bytes[at] == '0' && bytes.length > 1) {
            throw CommandException.notAnInteger();
        }
        // Negative, since there is one more negative number.
        long value = 0;
        for (; at < bytes.length; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10) {
                throw CommandException.notAnInteger();
            }
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw CommandException.notAnInteger();
        }
        return negative ? value : -value;
    }
}

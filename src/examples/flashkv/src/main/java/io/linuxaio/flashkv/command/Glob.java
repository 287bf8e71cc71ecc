package io.linuxaio.flashkv.command;

/**
 * A pattern of bytes: {@code *}, {@code ?}, {@code [a-c]}, {@code [^a]}, and {@code \} before a byte that stands for itself.
 * Matching is linear in the pattern for each byte of the key: it goes back to the last star alone.
 */
final class Glob {
    private final byte[] pattern;

    Glob(byte[] pattern) {
        this.pattern = pattern;
    }

    boolean matches(byte[] text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.length) {
            if (p < pattern.length && pattern[p] == '*') {
                star = p++;
                starText = t;
            } else if (p < pattern.length && matchesOne(p, text[t])) {
                p = next(p);
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }

    private boolean matchesOne(int p, byte b) {
        return switch (pattern[p]) {
            case '?' -> true;
            case '[' -> matchesClass(p, b & 0xff);
            case '\\' -> pattern[Math.min(p + 1, pattern.length - 1)] == b;
            default -> pattern[p] == b;
        };
    }

    /** Returns the index behind the element at an index. */
    private int next(int p) {
        return switch (pattern[p]) {
            case '[' -> Math.min(classEnd(p) + 1, pattern.length);
            case '\\' -> Math.min(p + 2, pattern.length);
            default -> p + 1;
        };
    }

    private int classEnd(int p) {
        int end = p + 1;
        while (end < pattern.length && pattern[end] != ']') {
            end += pattern[end] == '\\' ? 2 : 1;
        }
        return end;
    }

    private boolean matchesClass(int p, int b) {
        int end = Math.min(classEnd(p), pattern.length);
        int at = p + 1;
        boolean negated = at < end && pattern[at] == '^';
        at += negated ? 1 : 0;
        boolean found = false;
        while (at < end) {
            if (pattern[at] == '\\' && at + 1 < end) {
                at++;
            }
            int low = pattern[at] & 0xff;
            int high = low;
            if (at + 2 < end && pattern[at + 1] == '-') {
                high = pattern[at + 2] & 0xff;
                at += 2;
            }
            found |= Math.min(low, high) <= b && b <= Math.max(low, high);
            at++;
        }
        return found != negated;
    }
}

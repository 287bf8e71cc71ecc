package io.linuxaio.artemis;

/** Throws checked exceptions out of methods of the broker's API that do not declare them. */
public final class Unchecked {
    private Unchecked() {}

    /**
     * Throws an exception as it is.
     *
     * @param exception the exception
     * @return never
     */
    public static RuntimeException raise(Exception exception) {
        return Unchecked.<RuntimeException>throwAs(exception);
    }

    // The cast is not checked at run time; the caller's type argument makes the exception an unchecked one.
    @SuppressWarnings("unchecked")
    private static <E extends Exception> RuntimeException throwAs(Exception exception) throws E {
        throw (E) exception;
    }
}

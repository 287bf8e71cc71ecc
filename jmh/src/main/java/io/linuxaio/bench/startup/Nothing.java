package io.linuxaio.bench.startup;

/** What a JVM takes by itself. */
public final class Nothing {
    private Nothing() {}

    /** Does nothing. */
    public static void main(String[] arguments) {}
}

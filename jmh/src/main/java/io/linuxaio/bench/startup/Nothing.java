package io.linuxaio.bench.startup;

/** A program that does nothing, to measure the startup of the JVM alone. */
public final class Nothing {
    private Nothing() {}

    /** Reports the start, as the others report that they are done. */
    public static void main(String[] arguments) {
        System.out.println(0);
    }
}

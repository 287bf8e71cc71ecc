package io.linuxaio.bench.startup;

/** A program that does nothing, to measure the startup of the JVM alone. */
public final class Nothing {
    private Nothing() {}

    /** Says that it has begun, as the others say that they are done. */
    public static void main(String[] arguments) {
        System.out.println(0);
    }
}

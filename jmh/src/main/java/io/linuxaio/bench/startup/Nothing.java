package io.linuxaio.bench.startup;

/** What a JVM takes by itself. */
public final class Nothing {
    private Nothing() {}

    /** Says that it has begun, as the others say that they are done. */
    public static void main(String[] arguments) {
        System.out.println(0);
    }
}

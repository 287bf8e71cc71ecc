package readme;

import io.linuxaio.AioBackend;

/** The program that the README shows, and that the consumer projects are built from. */
public final class Example {
    private Example() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        System.out.println(AioBackend.values().length + " backends");
    }
}

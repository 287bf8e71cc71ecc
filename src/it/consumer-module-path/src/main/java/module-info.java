/** A program that uses linux-aio as a module. */
module consumer {
    requires io.linuxaio;
}

/**
 * Other ways to do I/O from Java, each as its users would use it for speed: the JDK's channels, and libraries. A library
 * that cannot be loaded, or does not work on this machine, fails in {@code open} alone and with the reason.
 */
package io.linuxaio.bench.peers;

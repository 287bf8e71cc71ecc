/**
 * The boundary between the classes of the broker's API, which run on Java 11 and newer, and their implementation over
 * linux-aio, which requires Java 25.
 */
package io.linuxaio.artemis;

/** The implementation over linux-aio, for Java 25. */
package io.linuxaio.artemis.aio;

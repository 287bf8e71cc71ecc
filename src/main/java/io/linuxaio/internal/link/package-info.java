/** Lookup of the symbols of libaio and of the C library. */
package io.linuxaio.internal.link;

/**
 * The memory behind pools and allocators: one arena divided into equal buffers, and chunks divided by the buddy algorithm;
 * and the free lists of bounce buffers. Independent of the public types that lend it.
 */
package io.linuxaio.internal.memory;

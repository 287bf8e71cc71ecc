package io.linuxaio.internal.kernel;

/**
 * A piece of memory that a {@link FakeRequest} names.
 *
 * @param address its start
 * @param length its length in bytes
 */
public record FakeExtent(long address, long length) {}

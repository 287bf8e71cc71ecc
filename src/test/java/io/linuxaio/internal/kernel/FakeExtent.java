package io.linuxaio.internal.kernel;

/**
 * A piece of memory that a {@link FakeRequest} names.
 *
 * @param address where it begins
 * @param length how many bytes
 */
public record FakeExtent(long address, long length) {}

package io.linuxaio;

/**
 * The writes of a file that can be {@linkplain AioFlag#ATOMIC atomic}, as {@code statx(2)} tells
 * ({@code STATX_WRITE_ATOMIC}).
 *
 * @param smallest bytes, a power of two
 * @param largest bytes, a power of two
 * @param segments how many segments a vectored one may have
 */
public record AioAtomicWrites(int smallest, int largest, int segments) {}

/** The program that reads and writes small files for {@code scripts/bench files}. */
package io.linuxaio.bench.smallfiles;

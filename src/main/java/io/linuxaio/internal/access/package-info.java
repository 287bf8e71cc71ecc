/**
 * Access of the packages of this module to each other beyond the public API.
 *
 * <p>{@link io.linuxaio.internal.access.CoreAccess} opens the package-private parts of {@code io.linuxaio} to
 * {@code io.linuxaio.files}, as {@code jdk.internal.access.SharedSecrets} does within {@code java.base}: the package
 * {@code io.linuxaio} registers an implementation, and nothing of it becomes public API.
 */
package io.linuxaio.internal.access;

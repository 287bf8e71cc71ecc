/**
 * Hostile surroundings of the library: other processes on the same file, callbacks that block, close or throw, threads and
 * memory that cannot be had, class loaders that come and go, permissions of other users, devices that are full.
 *
 * <p>A report from outside starts as a test here, before the mend. A test that needs root, a tool or a cgroup is skipped with
 * the reason where that is missing. A test that needs package-private access stays beside the class that it tests.
 */
package io.linuxaio.hostile;

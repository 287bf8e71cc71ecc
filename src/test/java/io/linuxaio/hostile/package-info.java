/**
 * Hostile surroundings of the library: other processes on the same file, callbacks that block, close or throw, lack of threads and memory, class loaders that come and go, permissions of other users, full devices.
 *
 * <p>A reported fault becomes a test here before it is fixed. A test that needs root, a tool or a cgroup is skipped with
 * the reason where that is missing. A test that needs package-private access stays beside the class that it tests.
 */
package io.linuxaio.hostile;

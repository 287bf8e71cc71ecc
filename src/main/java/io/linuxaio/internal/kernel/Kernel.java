package io.linuxaio.internal.kernel;

/**
 * The system calls of the library; each method is one call.
 *
 * <p>Every call returns a value of at least 0, or the negated {@code errno}; none throws. Addresses are plain numbers:
 * the caller keeps the memory alive until the call returns, or the operation that it starts completes. Implementations
 * are safe for use by any thread.
 */
public interface Kernel {
    /**
     * {@code io_setup(2)}.
     *
     * @param depth the maximum number of operations in flight
     * @return the address of the context, or -errno
     */
    long setup(int depth);

    /** {@code io_destroy(2)}. It waits for operations in flight and discards their events, so reap them first. */
    int destroy(long context);

    /**
     * {@code io_submit(2)}.
     *
     * @param context the context
     * @param count the number of pointers
     * @param iocbs the address of an array of pointers to {@code struct iocb}
     * @return the number of accepted operations, possibly fewer than {@code count}; -errno only if the first was
     *     refused
     */
    int submit(long context, long count, long iocbs);

    /**
     * {@code io_getevents(2)}.
     *
     * @param context the context
     * @param min the number of events to wait for
     * @param max the maximum number of events
     * @param events the address of an array of {@code struct io_event}
     * @param timeout the address of a {@code struct timespec}, or 0 to wait without a timeout
     * @return the number of events written, or -errno
     */
    int getEvents(long context, long min, long max, long events, long timeout);

    /**
     * Returns the address at which the kernel maps the completion ring of a context into this process. Not a system
     * call.
     *
     * @param context the context
     * @return the address of a {@code struct aio_ring}, or 0 if there is none
     */
    long eventRing(long context);

    /**
     * {@code open(2)}.
     *
     * @param path the path's bytes, without a terminating NUL
     * @param flags {@code O_*}
     * @param mode the permissions of a file that is created
     * @return the descriptor, or -errno
     */
    int open(byte[] path, int flags, int mode);

    /**
     * {@code close(2)}. The descriptor is closed even if the call fails. An {@link OutOfMemoryError} means that the call was
     * not made: see {@link ReleaseCalls}.
     */
    int close(int descriptor);

    /**
     * {@code statx(2)} of an open descriptor.
     *
     * @param descriptor the descriptor
     * @param mask the requested fields, {@code STATX_*}
     * @param statx the address of a {@code struct statx}
     * @return 0 or -errno
     */
    int statx(int descriptor, int mask, long statx);

    /** {@code fallocate(2)}. */
    int fallocate(int descriptor, int mode, long offset, long length);

    /** {@code ftruncate(2)}. */
    int ftruncate(int descriptor, long length);

    /** {@code fsync(2)}. */
    int fsync(int descriptor);

    /** {@code fdatasync(2)}. */
    int fdatasync(int descriptor);

    /**
     * {@code flock(2)}.
     *
     * @param descriptor the descriptor
     * @param operation {@code LOCK_*} of sys/file.h
     * @return 0 or -errno
     */
    int flock(int descriptor, int operation);

    /**
     * {@code FICLONE} of {@code ioctl(2)}: the target gets the length and all data of the source, whose extents it shares.
     *
     * @param target the descriptor of a file open for writing
     * @param source the descriptor of a file open for reading
     * @return 0 or -errno
     */
    int reflink(int target, int source);

    /**
     * {@code posix_fadvise(2)}.
     *
     * @param descriptor the descriptor
     * @param offset the start of the range in bytes
     * @param length the length of the range in bytes; 0 for all up to the end of the file
     * @param advice {@code POSIX_FADV_*}
     * @return 0 or -errno
     */
    int fadvise(int descriptor, long offset, long length, int advice);

    /** {@code fcntl(2)} with an integer argument. */
    int fcntl(int descriptor, int command, int argument);

    /** {@code lseek(2)}. */
    long lseek(int descriptor, long offset, int whence);

    /** {@code unlink(2)}. */
    int unlink(byte[] path);

    /** {@code rename(2)}. Replaces a file that already has the new name. */
    int rename(byte[] from, byte[] to);

    /**
     * {@code fchown(2)}.
     *
     * @param descriptor the descriptor
     * @param owner the user's number, or -1 to keep the owner
     * @param group the group's number, or -1 to keep the group
     * @return 0 or -errno
     */
    int fchown(int descriptor, int owner, int group);

    /** {@code fchmod(2)}. */
    int fchmod(int descriptor, int mode);

    /**
     * {@code getxattr(2)}. Follows symbolic links.
     *
     * @param path the path's bytes, without a terminating NUL
     * @param name the attribute's name with its namespace, without a terminating NUL
     * @param value the address of memory for the value
     * @param size the size of that memory in bytes; 0 returns only the length of the value
     * @return the value's length in bytes, or -errno
     */
    int getxattr(byte[] path, byte[] name, long value, long size);

    /**
     * {@code listxattr(2)}. Follows symbolic links.
     *
     * @param path the path's bytes, without a terminating NUL
     * @param names the address of memory for the names, each of which ends with a NUL
     * @param size the size of that memory in bytes; 0 returns only the length of the names
     * @return the length of all names in bytes, or -errno
     */
    int listxattr(byte[] path, long names, long size);

    /**
     * {@code fsetxattr(2)}. Creates the attribute or replaces its value.
     *
     * @param descriptor the descriptor
     * @param name the attribute's name with its namespace, without a terminating NUL
     * @param value the address of the value
     * @param size the size of the value in bytes
     * @return 0 or -errno
     */
    int fsetxattr(int descriptor, byte[] name, long value, long size);

    /** {@code fremovexattr(2)}. */
    int fremovexattr(int descriptor, byte[] name);
}

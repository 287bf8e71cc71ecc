package io.linuxaio.internal.kernel;

/**
 * The seam to the operating system: each method is one system call.
 *
 * <p>Every call answers a number that is zero or greater, or the negated {@code errno}; none throws. Addresses are
 * plain numbers: whoever calls keeps the memory alive until the call, or the operation that it starts, has ended.
 * Implementations are safe for use by any thread.
 */
public interface Kernel {
    /**
     * {@code io_setup(2)}.
     *
     * @param depth how many operations shall be in flight at most
     * @return the context, which is an address, or -errno
     */
    long setup(int depth);

    /** {@code io_destroy(2)}: waits for what is in flight and loses its completions, so drain first. */
    int destroy(long context);

    /**
     * {@code io_submit(2)}.
     *
     * @param context the context
     * @param count how many pointers there are
     * @param iocbs the address of an array of pointers to {@code struct iocb}
     * @return how many were accepted, which may be fewer than asked; -errno only where the first was refused
     */
    int submit(long context, long count, long iocbs);

    /**
     * {@code io_getevents(2)}.
     *
     * @param context the context
     * @param least for how many events to wait
     * @param most how many events there is room for
     * @param events the address of an array of {@code struct io_event}
     * @param timeout the address of a {@code struct timespec}, or 0 to wait for ever
     * @return how many events were written, or -errno
     */
    int getEvents(long context, long least, long most, long events, long timeout);

    /**
     * Where the kernel maps the ring of events of a context into this process: not a call at all.
     *
     * @param context the context
     * @return the address of a {@code struct aio_ring}; 0 where there is none
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

    /** {@code close(2)}. The descriptor is gone whatever the answer. */
    int close(int descriptor);

    /**
     * {@code statx(2)} of an open descriptor.
     *
     * @param descriptor the descriptor
     * @param mask {@code STATX_*}, what to ask for
     * @param statx the address of a {@code struct statx}
     * @return 0 or -errno
     */
    int statx(int descriptor, int mask, long statx);

    /** {@code fallocate(2)}. */
    int fallocate(int descriptor, int mode, long offset, long length);

    /** {@code ftruncate(2)}. */
    int ftruncate(int descriptor, long length);

    /** {@code fcntl(2)} with an integer argument. */
    int fcntl(int descriptor, int command, int argument);

    /** {@code lseek(2)}. */
    long lseek(int descriptor, long offset, int whence);

    /** {@code unlink(2)}. */
    int unlink(byte[] path);

    /** {@code rename(2)}: gives a file another name, in the place of a file that has that name. */
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
     * {@code getxattr(2)}: follows symbolic links.
     *
     * @param path the path's bytes, without a terminating NUL
     * @param name the attribute's name with its namespace, without a terminating NUL
     * @param value the address of memory for the value
     * @param size of that memory in bytes; 0 to ask for the value's length alone
     * @return the value's length in bytes, or -errno
     */
    int getxattr(byte[] path, byte[] name, long value, long size);

    /**
     * {@code listxattr(2)}: follows symbolic links.
     *
     * @param path the path's bytes, without a terminating NUL
     * @param names the address of memory for the names, each of which ends with a NUL
     * @param size of that memory in bytes; 0 to ask for the names' length alone
     * @return the length of all names in bytes, or -errno
     */
    int listxattr(byte[] path, long names, long size);

    /**
     * {@code fsetxattr(2)}, of an attribute that is there or not.
     *
     * @param descriptor the descriptor
     * @param name the attribute's name with its namespace, without a terminating NUL
     * @param value the address of the value
     * @param size of the value in bytes
     * @return 0 or -errno
     */
    int fsetxattr(int descriptor, byte[] name, long value, long size);

    /** {@code fremovexattr(2)}. */
    int fremovexattr(int descriptor, byte[] name);
}

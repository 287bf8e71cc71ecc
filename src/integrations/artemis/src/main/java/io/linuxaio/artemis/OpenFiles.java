package io.linuxaio.artemis;

import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The open files by the numbers of their descriptors, which the broker's API uses as handles. */
public final class OpenFiles {
    private static final ConcurrentMap<Integer, NativeFile> FILES = new ConcurrentHashMap<>();

    private OpenFiles() {}

    /**
     * Adds a file.
     *
     * @param file the file
     * @return the number of its descriptor
     */
    public static int add(NativeFile file) {
        FILES.put(file.fd(), file);
        return file.fd();
    }

    /**
     * Returns a file.
     *
     * @param fd the number of its descriptor
     * @return the file
     * @throws IOException if there is none
     */
    public static NativeFile get(int fd) throws IOException {
        return require(fd, FILES.get(fd));
    }

    /**
     * Removes a file, before it is closed: the kernel may use the number again at once.
     *
     * @param fd the number of its descriptor
     * @return the file
     * @throws IOException if there is none
     */
    public static NativeFile remove(int fd) throws IOException {
        return require(fd, FILES.remove(fd));
    }

    /**
     * Returns {@code true} if the number still belongs to the file.
     *
     * @param fd the number of a descriptor
     * @param file the file
     * @return {@code false} if the file is closed
     */
    public static boolean isOpen(int fd, NativeFile file) {
        return FILES.get(fd) == file;
    }

    private static NativeFile require(int fd, NativeFile file) throws IOException {
        if (file == null) {
            throw new IOException("no open file has the descriptor " + fd);
        }
        return file;
    }
}

package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import java.io.IOException;

/**
 * The end of a file that one channel writes: space reserved ahead of the contents, and the cut back to their end.
 *
 * <p>Only a file that was empty when the channel opened it is ever extended by a reservation, and only such a file is cut.
 * It is cut only if its length is the one that this channel gave it: another writer may have appended to it since. Not safe
 * for use by several threads.
 */
final class FileEnd {
    private final AioFile file;
    private final AioAlignment unit;
    private final boolean own;

    /** The length that the writes and reservations of this channel have given to the file. */
    private long made;

    /** The end of the space that was asked for. */
    private long reserved;

    /**
     * @param file the file, open for writing
     * @param unit a multiple of the alignment of direct I/O; the last write of the channel extends the file by at most this
     * @param own whether the file was empty when it was opened, and all of its contents are to come from the channel
     */
    FileEnd(AioFile file, AioAlignment unit, boolean own) {
        this.file = file;
        this.unit = unit;
        this.own = own && !CoreAccess.core().isBlockDevice(file);
    }

    /** Notes that a write of the channel has reached a position. */
    void reached(long position) {
        made = Math.max(made, position);
    }

    /**
     * Reserves space up to a length. A file of this channel is extended to a little less than that length, so that the last
     * write extends it to the length; another one gets space within its present length alone, since nothing else can be
     * given back without a risk for bytes that others append.
     *
     * @param from where the space begins, in bytes
     * @param length of the whole file in bytes
     * @throws IOException if there is no space, or the filesystem cannot reserve it
     */
    void reserve(long from, long length) throws IOException {
        if (CoreAccess.core().isBlockDevice(file)) {
            return;
        }
        long end = own ? length : Math.min(length, file.size());
        if (end <= from) {
            return;
        }
        if (!own) {
            CoreAccess.core().reserve(file, from, end, 0);
            return;
        }
        // Noted first: a reservation that fails may have taken a part of the space.
        reserved = Math.max(reserved, end);
        long visible = unit.roundDown(end - 1);
        CoreAccess.core().reserve(file, from, end, visible);
        if (visible > from) {
            reached(visible);
        }
    }

    /**
     * Cuts off what the channel has put behind its last sound byte, and gives back the space reserved there.
     *
     * @param sound the end of the contents, in bytes
     */
    void cut(long sound) throws IOException {
        if (!own || made <= sound && reserved <= sound) {
            return;
        }
        if (file.size() == made) {
            file.setLength(sound);
            made = sound;
        }
        reserved = sound;
    }
}

package io.linuxaio.lucene;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.RandomAccessInput;

/**
 * An input that reads a file by direct I/O. Small reads are served from a window on the heap, which begins at a block of the
 * device; long ones go directly into the caller's memory.
 *
 * <p>A clone or slice is a small object: it shares the open file and its prefetched ranges, and gets a window of its own at
 * its first small read. It has no resource that must be closed. For one thread at a time, as all inputs.
 */
final class AioIndexInput extends IndexInput implements RandomAccessInput {
    // The byte order of Lucene's files, and of all platforms that the library supports.
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte[] NO_WINDOW = {};

    private final OpenIndexFile file;

    /** The range of this input in the file. */
    private final long start;

    private final long end;
    private boolean ownsFile;
    private ReadPattern pattern;

    /** The next byte of this input, as a position in the file. */
    private long position;

    private byte[] window = NO_WINDOW;
    private long windowStart;
    private int windowLength;

    /** Makes an input of a whole file, which it closes. */
    AioIndexInput(String description, OpenIndexFile file, IOContext context) {
        this(description, file, 0, file.length(), ReadPattern.of(context));
        ownsFile = true;
    }

    private AioIndexInput(String description, OpenIndexFile file, long start, long end, ReadPattern pattern) {
        super(description);
        this.file = file;
        this.start = start;
        this.end = end;
        this.pattern = pattern;
        position = start;
    }

    // Inputs of one file.

    @Override
    public AioIndexInput clone() {
        AioIndexInput copy = (AioIndexInput) super.clone();
        copy.ownsFile = false;
        copy.pattern = pattern.fresh();
        copy.window = NO_WINDOW;
        copy.windowLength = 0;
        return copy;
    }

    @Override
    public IndexInput slice(String sliceDescription, long offset, long length) {
        return slice(sliceDescription, offset, length, pattern.fresh());
    }

    @Override
    public IndexInput slice(String sliceDescription, long offset, long length, IOContext context) {
        return slice(sliceDescription, offset, length, ReadPattern.of(context));
    }

    private IndexInput slice(String sliceDescription, long offset, long length, ReadPattern slicePattern) {
        file.ensureOpen();
        if ((offset | length) < 0 || length > length() - offset) {
            throw new IllegalArgumentException("the slice " + sliceDescription + " is out of bounds: offset " + offset
                    + ", length " + length + " of " + length() + ": " + this);
        }
        String description = getFullSliceDescription(sliceDescription);
        return new AioIndexInput(description, file, start + offset, start + offset + length, slicePattern);
    }

    @Override
    public RandomAccessInput randomAccessSlice(long offset, long length) {
        return (AioIndexInput) slice(null, offset, length, pattern.fresh());
    }

    @Override
    public void updateIOContext(IOContext context) {
        pattern = ReadPattern.of(context);
    }

    @Override
    public void prefetch(long offset, long length) throws IOException {
        Objects.checkFromIndexSize(offset, length, length());
        file.prefetch(start + offset, start + offset + length);
    }

    @Override
    public void close() throws IOException {
        windowLength = 0;
        if (ownsFile) {
            file.close();
        }
    }

    // The position.

    @Override
    public long length() {
        return end - start;
    }

    @Override
    public long getFilePointer() {
        return position - start;
    }

    @Override
    public void seek(long target) throws IOException {
        if (target < 0 || target > length()) {
            throw new EOFException("seek to " + target + " of " + length() + ": " + this);
        }
        position = start + target;
    }

    // Sequential reads.

    @Override
    public byte readByte() throws IOException {
        // Before the window is loaded, which may be replaced.
        int index = indexOf(position, Byte.BYTES);
        position++;
        return window[index];
    }

    @Override
    public short readShort() throws IOException {
        int index = indexOf(position, Short.BYTES);
        position += Short.BYTES;
        return (short) SHORT.get(window, index);
    }

    @Override
    public int readInt() throws IOException {
        int index = indexOf(position, Integer.BYTES);
        position += Integer.BYTES;
        return (int) INT.get(window, index);
    }

    @Override
    public long readLong() throws IOException {
        int index = indexOf(position, Long.BYTES);
        position += Long.BYTES;
        return (long) LONG.get(window, index);
    }

    @Override
    public void readBytes(byte[] target, int offset, int length) throws IOException {
        advance(MemorySegment.ofArray(target).asSlice(offset, length));
    }

    @Override
    public void readInts(int[] target, int offset, int length) throws IOException {
        advance(MemorySegment.ofArray(target).asSlice((long) offset * Integer.BYTES, (long) length * Integer.BYTES));
    }

    @Override
    public void readLongs(long[] target, int offset, int length) throws IOException {
        advance(MemorySegment.ofArray(target).asSlice((long) offset * Long.BYTES, (long) length * Long.BYTES));
    }

    @Override
    public void readFloats(float[] target, int offset, int length) throws IOException {
        advance(MemorySegment.ofArray(target).asSlice((long) offset * Float.BYTES, (long) length * Float.BYTES));
    }

    private void advance(MemorySegment target) throws IOException {
        read(target, position);
        position += target.byteSize();
    }

    // Reads at a position.

    @Override
    public byte readByte(long at) throws IOException {
        int index = indexOf(start + at, Byte.BYTES);
        return window[index];
    }

    @Override
    public short readShort(long at) throws IOException {
        int index = indexOf(start + at, Short.BYTES);
        return (short) SHORT.get(window, index);
    }

    @Override
    public int readInt(long at) throws IOException {
        int index = indexOf(start + at, Integer.BYTES);
        return (int) INT.get(window, index);
    }

    @Override
    public long readLong(long at) throws IOException {
        int index = indexOf(start + at, Long.BYTES);
        return (long) LONG.get(window, index);
    }

    @Override
    public void readBytes(long at, byte[] target, int offset, int length) throws IOException {
        read(MemorySegment.ofArray(target).asSlice(offset, length), start + at);
    }

    // The window.

    /** Returns the index in the window of bytes of the file, and reads them into the window if they are not there. */
    private int indexOf(long at, int bytes) throws IOException {
        long index = at - windowStart;
        if (index < 0 || index > windowLength - bytes || at > end - bytes || at < start) {
            fill(at, bytes);
            index = at - windowStart;
        }
        return (int) index;
    }

    private void read(MemorySegment target, long at) throws IOException {
        long size = target.byteSize();
        requireWithin(at, size);
        int present = (int) Math.min(size, present(at));
        if (present > 0) {
            MemorySegment.copy(MemorySegment.ofArray(window), at - windowStart, target, 0, present);
        }
        if (present < size) {
            readRest(target.asSlice(present), at + present);
        }
    }

    private void readRest(MemorySegment target, long at) throws IOException {
        long size = target.byteSize();
        if (pattern.bypasses(size)) {
            pattern.begin(at);
            file.read(target, at);
            prefetchAfter(at + size);
        } else {
            fill(at, (int) size);
            MemorySegment.copy(MemorySegment.ofArray(window), at - windowStart, target, 0, size);
        }
    }

    private int present(long at) {
        long index = at - windowStart;
        return index < 0 || index >= windowLength ? 0 : (int) (windowLength - index);
    }

    /** Makes the window contain a number of bytes from a position on. Bytes that it has already are not read again. */
    private void fill(long at, int bytes) throws IOException {
        requireWithin(at, bytes);
        int kept = present(at);
        if (kept >= bytes) {
            return;
        }
        int block = file.blockSize();
        int size = pattern.begin(at + kept);
        long first = kept > 0 ? at : at & -block;
        long from = first + kept;
        long to = Math.max(at + bytes, Math.min((from + size + block - 1) & -block, file.length()));
        byte[] old = window;
        int keptFrom = kept > 0 ? (int) (at - windowStart) : 0;
        // Empty if the read fails.
        windowLength = 0;
        int capacity = (int) (to - first);
        if (window.length < capacity) {
            window = new byte[capacity];
        }
        System.arraycopy(old, keptFrom, window, 0, kept);
        MemorySegment target = MemorySegment.ofArray(window).asSlice(kept, to - from);
        long read = file.readAtLeast(target, at + bytes - from, from);
        windowStart = first;
        windowLength = (int) (kept + read);
        prefetchAfter(from + read);
    }

    private void prefetchAfter(long readTo) throws IOException {
        long bytes = pattern.end(readTo, end);
        if (bytes > 0) {
            long from = pattern.aheadFrom(bytes);
            file.prefetch(from, from + bytes);
        }
    }

    private void requireWithin(long at, long bytes) throws IOException {
        if (at < start || at > end - bytes) {
            throw new EOFException("read of " + bytes + " bytes at " + (at - start) + " of " + length() + ": " + this);
        }
    }
}

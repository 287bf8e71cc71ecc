package io.linuxaio;

import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** The access of the module's other packages to package-private members of this one. */
final class CoreInternals extends CoreAccess {
    private CoreInternals() {}

    /** Registers the instance with {@link CoreAccess}. */
    static void register() {
        register(new CoreInternals());
    }

    @Override
    public int descriptor(AioFile file) {
        return file.handle().number();
    }

    @Override
    public Kernel kernel(AioFile file) {
        return file.handle().kernel();
    }

    @Override
    public Kernel kernel(AioContext context) {
        return context.kernel();
    }

    @Override
    public AioContext context(AioFile file) {
        return file.context();
    }

    @Override
    public AioBatch batch(AioContext context, int most) {
        return context.batch(most);
    }

    @Override
    public void requireReadable(AioFile file) {
        file.requireReadable();
    }

    @Override
    public void requireWritable(AioFile file) {
        file.requireWritable();
    }

    @Override
    public boolean isAppending(AioFile file) {
        return file.handle().isAppending();
    }

    @Override
    public AioFile cached(AioFile file) throws IOException {
        return file.cached();
    }

    @Override
    public void lockEdges(AioFile file) {
        EdgeLocks.acquire(file.key(), false).join();
    }

    @Override
    public void unlockEdges(AioFile file) {
        EdgeLocks.release(file.key());
    }

    @Override
    public boolean isBlockDevice(AioFile file) {
        return file.isBlockDevice();
    }

    @Override
    public long nextData(AioFile file, long from) throws IOException {
        return file.seekData(from);
    }

    @Override
    public long nextHole(AioFile file, long from) throws IOException {
        return file.seekHole(from);
    }

    @Override
    public void reserve(AioFile file, long position, long end, long length) throws IOException {
        file.reserve(position, end, length);
    }

    @Override
    public boolean shareExtents(AioFile source, AioFile target) throws IOException {
        return target.shareExtentsOf(source);
    }

    @Override
    public void setDirect(AioFile file, boolean direct) throws IOException {
        file.setDirect(direct);
    }

    @Override
    public AioFile unaligned(AioFile file) {
        return file.unaligned();
    }

    @Override
    public AioFile open(
            AioContext context,
            Path path,
            Path known,
            Set<? extends OpenOption> options,
            FileAttribute<?>... attributes)
            throws IOException {
        return context.open(path, known, options, attributes);
    }

    @Override
    public AioContext sharedContext() {
        return SharedContext.handle();
    }

    @Override
    public boolean opensForWriting(Set<? extends OpenOption> options) {
        return OpenSpec.of(options).writable();
    }

    @Override
    public boolean isNoSpace(IOException failure) {
        return Errors.isNoSpace(failure);
    }

    @Override
    public AioAlignment alignment(int memory, int offset) {
        return new AioAlignment(memory, offset);
    }

    @Override
    public IOException fileError(String operation, Path file, int errno) {
        return Errors.ofFile(operation, file, errno);
    }

    @Override
    public IOException openError(Path file, int errno, boolean followLinks) {
        return Errors.ofOpen(file, errno, false, followLinks);
    }

    @Override
    public IOException renameError(Path target, Path directory, int errno) {
        return Errors.ofRename(target, directory, errno);
    }

    @Override
    public IOException endsEarly(Path file, long position, long length, long count, long size) {
        return Errors.endsEarly(file, position, length, count, size);
    }

    @Override
    public IOException unreachable(Path file, long position) {
        return Errors.unreachable(file, position);
    }
}

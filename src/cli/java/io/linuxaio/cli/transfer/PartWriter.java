package io.linuxaio.cli.transfer;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.files.AioWriteChannel;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writes into a part of a file, and changes no other byte of it. */
final class PartWriter {
    private static final int PAGE = 4096;

    private PartWriter() {}

    /** The source of the bytes. */
    interface Bytes {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    /** Writes bytes from a position on. A missing file is created. */
    static void write(AioContext aio, Path path, long position, TransferOptions options, Bytes bytes)
            throws IOException {
        List<OpenOption> how = new ArrayList<>(List.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        if (options.requests.buffered) {
            how.add(AioOpenOption.BUFFERED);
        }
        try (AioFile file = aio.open(path, how.toArray(OpenOption[]::new))) {
            int alignment = Math.max(PAGE, file.alignment().memory());
            long size = (options.requests.blockSize + PAGE - 1) / PAGE * PAGE;
            try (AioBufferPool pool = AioBufferPool.builder()
                            .bufferSize(size)
                            .buffers(options.requests.depth)
                            .alignment(alignment)
                            .build();
                    AioWriteChannel out = AioWriteChannel.over(file, position, pool)) {
                bytes.writeTo(out);
                if (options.sync) {
                    out.force(true);
                }
            }
        }
    }
}

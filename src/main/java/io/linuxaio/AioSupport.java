package io.linuxaio;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@link LinuxAio#probe} found out about a path by trying.
 *
 * @param path the path that was asked about
 * @param filesystem the filesystem's type, such as {@code ext4}
 * @param directIo whether a file there can be opened with {@code O_DIRECT}
 * @param alignment what direct I/O there asks for; empty where there is none
 * @param alignmentSource where that is known from
 * @param asynchronousIo whether an operation went through Linux AIO and came back right
 * @param problem what went wrong; empty where everything works
 */
public record AioSupport(
        Path path,
        String filesystem,
        boolean directIo,
        Optional<AioAlignment> alignment,
        String alignmentSource,
        boolean asynchronousIo,
        Optional<String> problem) {}

package io.linuxaio;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The result of {@link LinuxAio#probe}: the kinds of I/O that worked on a path when they were tried.
 *
 * <p>Immutable, so safe for use by any thread. Later versions may add findings.
 */
public final class AioProbeResult {
    private final Findings findings;

    /** The values, under the names of the accessors. */
    record Findings(
            Path path,
            String filesystem,
            boolean directIo,
            Optional<AioAlignment> alignment,
            String alignmentSource,
            boolean asynchronousIo,
            Optional<String> problem) {}

    AioProbeResult(Findings findings) {
        this.findings = findings;
    }

    /**
     * Returns the path that was probed.
     *
     * @return the path as it was given
     */
    public Path path() {
        return findings.path;
    }

    /**
     * Returns the type of the filesystem, such as {@code ext4}.
     *
     * @return the type
     */
    public String filesystem() {
        return findings.filesystem;
    }

    /**
     * Returns {@code true} if a file there can be opened with {@code O_DIRECT}.
     *
     * @return {@code true} if direct I/O is supported
     */
    public boolean directIo() {
        return findings.directIo;
    }

    /**
     * Returns the alignment that direct I/O requires there.
     *
     * @return the alignment; empty if there is no direct I/O
     */
    public Optional<AioAlignment> alignment() {
        return findings.alignment;
    }

    /**
     * Returns the source of the {@linkplain #alignment() alignment}, in words.
     *
     * @return the source; the empty string if there is no direct I/O
     */
    public String alignmentSource() {
        return findings.alignmentSource;
    }

    /**
     * Returns {@code true} if an operation through Linux AIO succeeded and transferred the right bytes.
     *
     * @return {@code true} if asynchronous I/O works
     */
    public boolean asynchronousIo() {
        return findings.asynchronousIo;
    }

    /**
     * Returns the first problem that was found, in words.
     *
     * @return the problem; empty if everything works
     */
    public Optional<String> problem() {
        return findings.problem;
    }

    /** Returns all findings with their names. */
    @Override
    public String toString() {
        return "AioProbeResult"
                + findings.toString().substring(Findings.class.getSimpleName().length());
    }
}

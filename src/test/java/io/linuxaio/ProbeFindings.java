package io.linuxaio;

import java.nio.file.Path;
import java.util.Optional;

/** Results of probing a directory, made up for tests in other packages. */
public final class ProbeFindings {
    private ProbeFindings() {}

    /** Returns the result for a directory in which everything works, with the given alignment in bytes. */
    public static AioProbeResult allWorks(Path directory, int alignment) {
        return new AioProbeResult(new AioProbeResult.Findings(
                directory,
                "ext4",
                true,
                Optional.of(new AioAlignment(alignment, alignment)),
                "statx",
                true,
                Optional.empty()));
    }
}

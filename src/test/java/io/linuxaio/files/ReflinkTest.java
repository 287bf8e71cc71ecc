package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A copy that shares extents: data is copied only if the filesystem cannot, and only if it was asked for. */
class ReflinkTest extends FakeKernelFixture {
    private static final Path COPY = Path.of("/fake/copy");

    private final byte[] bytes = Bytes.random(3, 3 * BLOCK + 7);
    private final List<Long> progress = new ArrayList<>();
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
        kernel.put(PATH.toString(), bytes);
    }

    private static int[] refusals() {
        return new int[] {Errno.EOPNOTSUPP, Errno.EXDEV, Errno.EINVAL, Errno.ENOSYS, Errno.ETXTBSY};
    }

    private static int[] failures() {
        return new int[] {Errno.EIO, Errno.ENOSPC, Errno.EDQUOT};
    }

    private CompletableFuture<Long> copy(AioCopyOption... options) {
        return AioFiles.using(aio).copy(PATH, COPY, (done, _) -> progress.add(done), options);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void dataIsCopiedWhereExtentsCannotBeShared(int errno) {
        kernel.fail(FakeCall.REFLINK, errno, 1);
        assertThat(copy(AioCopyOption.REFLINK).join()).isEqualTo(bytes.length);
        assertThat(kernel.contents(COPY.toString())).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void anyOtherErrorFailsTheCopyAndLeavesNothing(int errno) {
        int descriptors = kernel.openDescriptors();
        kernel.fail(FakeCall.REFLINK, errno, 1);
        assertThat(failure(copy(AioCopyOption.REFLINK)))
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errno()).isEqualTo(errno));
        assertThat(kernel.requests()).isEmpty();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
    }

    @Test
    void withoutTheOptionDataIsCopied() {
        assertThat(copy().join()).isEqualTo(bytes.length);
        assertThat(kernel.count(FakeCall.REFLINK)).isZero();
    }

    @Test
    void sharedExtentsAreNotRead() throws IOException {
        kernel.fixResult(FakeCall.REFLINK, 0);
        // The kernel of this test shares nothing: the length is that of the empty copy.
        assertThat(copy(AioCopyOption.REFLINK).join()).isZero();
        assertThat(progress).containsExactly(0L);
        assertThat(kernel.requests()).isEmpty();
    }
}

package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.internal.kernel.OFlags;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The descriptor that names a file to be replaced. */
class ReplacedFileTest {
    private static final Path PATH = Path.of("/fake/data");

    private final FakeKernel fake = new FakeKernel();
    private final Kernel kernel = KernelProxy.over(fake, this::call);
    private int flags;

    /** The descriptor that the fake kernel has opened, shown to the caller as 0. */
    private int opened;

    private boolean showsZero;

    @BeforeEach
    void create() {
        fake.put(PATH.toString(), new byte[10]);
    }

    private Object call(KernelProxy.Call call) throws Throwable {
        Object[] arguments = call.arguments();
        if (call.is("open")) {
            flags = (int) arguments[1];
            opened = (int) call.proceed();
            return showsZero ? 0 : opened;
        }
        if (showsZero && arguments[0].equals(0)) {
            arguments[0] = opened;
        }
        return call.proceed();
    }

    @Test
    void theFileIsNamedWithoutPermissionToReadIt() throws IOException {
        ReplacedFile.find(kernel, PATH, true).close();
        assertThat(flags).isEqualTo(OFlags.PATH_ONLY | OFlags.CLOSE_ON_EXEC);

        ReplacedFile.find(kernel, PATH, false).close();
        assertThat(flags).isEqualTo(OFlags.PATH_ONLY | OFlags.CLOSE_ON_EXEC | OFlags.NO_FOLLOW);
    }

    @Test
    void theLowestDescriptorIsAsGoodAsAnyOther() throws IOException {
        showsZero = true;
        try (ReplacedFile file = ReplacedFile.find(kernel, PATH, true)) {
            assertThat(file.exists()).isTrue();
            assertThat(fake.openDescriptors()).isEqualTo(1);
        }
        assertThat(fake.openDescriptors()).isZero();
        assertThat(fake.count(FakeCall.CLOSE)).isEqualTo(1);
    }
}

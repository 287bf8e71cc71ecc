package io.linuxaio.internal.kernel;

/** The kernel in memory, by which the tests of everything above it stand. */
class FakeKernelTest extends KernelContract {
    private final FakeKernel fake = new FakeKernel();

    @Override
    Kernel kernel() {
        return fake;
    }

    @Override
    String folder() {
        return "/fake";
    }
}

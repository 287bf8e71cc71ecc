package io.linuxaio.internal.kernel;

/** The contract of the kernel in memory, on which all other tests rely. */
class FakeKernelTest extends KernelContract {
    private final FakeKernel fake = new FakeKernel();

    @Override
    Kernel kernel() {
        return fake;
    }

    @Override
    String directory() {
        return "/fake";
    }
}

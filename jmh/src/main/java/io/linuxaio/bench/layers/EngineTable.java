package io.linuxaio.bench.layers;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.BackendSelector;
import io.linuxaio.internal.kernel.Kernel;

/** The slots of an engine, of which none is submitted. */
final class EngineTable implements AutoCloseable {
    private final KernelAioContext engine;
    private final Slot[] slots;

    EngineTable(int depth) {
        BackendSelector choice = BackendSelector.ofProcess();
        Kernel kernel = choice.kernel();
        if (kernel == null) {
            throw new IllegalStateException("Linux AIO is not available: " + choice.reason());
        }
        long context = kernel.setup(depth);
        if (context < 0) {
            throw new IllegalStateException("io_setup failed with errno " + -context + "; see fs.aio-max-nr");
        }
        engine = KernelAioContext.over(kernel, context, depth, false);
        slots = new Slot[depth];
        for (int i = 0; i < depth; i++) {
            slots[i] = engine.slot(i);
        }
    }

    Slot[] slots() {
        return slots;
    }

    @Override
    public void close() {
        engine.destroy();
    }
}

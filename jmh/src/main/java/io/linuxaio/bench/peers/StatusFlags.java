package io.linuxaio.bench.peers;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** File status flags, to set O_DIRECT in place of libraries that use a wrong value. */
final class StatusFlags {
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    private StatusFlags() {}

    /** O_DIRECT, which is not the same everywhere. */
    static int direct() {
        String architecture = System.getProperty("os.arch");
        return switch (architecture) {
            case "amd64", "riscv64" -> 0x4000;
            case "aarch64" -> 0x10000;
            default -> throw new UnsupportedOperationException("the number of O_DIRECT on " + architecture);
        };
    }

    /** Makes it direct, and sees that it became so. */
    static void makeDirect(int descriptor) throws IOException {
        // int fcntl(int, int, ...)
        MethodHandle fcntl = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("fcntl"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                        Linker.Option.firstVariadicArg(2));
        int flags = call(fcntl, descriptor, F_GETFL, 0);
        call(fcntl, descriptor, F_SETFL, flags | direct());
        if ((call(fcntl, descriptor, F_GETFL, 0) & direct()) == 0) {
            throw new IOException("the kernel did not set O_DIRECT");
        }
    }

    private static int call(MethodHandle fcntl, int descriptor, int command, int argument) throws IOException {
        int answer;
        try {
            answer = (int) fcntl.invokeExact(descriptor, command, argument);
        } catch (Throwable e) {
            throw new IllegalStateException("fcntl could not be called", e);
        }
        if (answer < 0) {
            throw new IOException("the kernel refused fcntl: the filesystem may not support O_DIRECT");
        }
        return answer;
    }
}

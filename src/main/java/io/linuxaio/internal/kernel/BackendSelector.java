package io.linuxaio.internal.kernel;

import io.linuxaio.internal.link.LibaioLookup;
import java.lang.foreign.Linker;
import java.util.Optional;

/**
 * Which way to the kernel this process takes, and why; decided once.
 *
 * @param kernel the way, or null where there is none
 * @param backend {@link #LIBAIO} or {@link #SYSCALL}, or null where there is none
 * @param reason one sentence: why this way, or why none
 */
public record BackendSelector(Kernel kernel, String backend, String reason) {
    /** Forces one of the two ways. */
    public static final String BACKEND_PROPERTY = "io.linuxaio.backend";

    /** The value for libaio's functions. */
    public static final String LIBAIO = "libaio";

    /** The value for raw system calls. */
    public static final String SYSCALL = "syscall";

    /** The choice made for this process. */
    public static BackendSelector ofProcess() {
        return Holder.CHOICE;
    }

    /** Decides by a property's value; the tests ask for each of them. */
    static BackendSelector choose(String forced) {
        String os = System.getProperty("os.name");
        if (!"Linux".equals(os)) {
            return none("Linux AIO exists on Linux only; this is " + os);
        }
        Optional<Architecture> architecture = Architecture.of(System.getProperty("os.arch"));
        if (architecture.isEmpty()) {
            return none(
                    "the numbers of system calls are not known for the architecture " + System.getProperty("os.arch"));
        }
        if (!BackendSelector.class.getModule().isNativeAccessEnabled() && nativeAccessIsDenied()) {
            return none("native access is denied; start the JVM with " + nativeAccessFlag());
        }
        RawSyscalls calls = new RawSyscalls(architecture.get());
        // Strings are compared one by one: the code behind a switch over them would be made while programs start.
        if (forced == null || forced.isEmpty()) {
            return chooseFreely(calls);
        } else if (forced.equals(LIBAIO)) {
            return chooseLibaio(calls);
        } else if (forced.equals(SYSCALL)) {
            return syscall(calls, "forced by -D" + BACKEND_PROPERTY + "=" + SYSCALL);
        }
        return none("-D" + BACKEND_PROPERTY + "=" + forced + " is neither " + LIBAIO + " nor " + SYSCALL);
    }

    private static BackendSelector chooseLibaio(RawSyscalls calls) {
        Optional<String> library = LibaioLookup.library();
        String forced = "-D" + BACKEND_PROPERTY + "=" + LIBAIO;
        return library.isPresent()
                ? libaio(calls, library.get(), "forced by " + forced + "; loaded " + library.get())
                : none(forced + " was given, but " + LibaioLookup.missing());
    }

    private static BackendSelector chooseFreely(RawSyscalls calls) {
        Optional<String> library = LibaioLookup.library();
        if (library.isPresent()) {
            return libaio(calls, library.get(), "loaded " + library.get());
        }
        // A library that was named and is not there is a mistake to be told, not to be worked around.
        return LibaioLookup.requested().isPresent()
                ? none(LibaioLookup.missing())
                : syscall(calls, LibaioLookup.missing());
    }

    private static BackendSelector libaio(RawSyscalls calls, String library, String reason) {
        return new BackendSelector(new LibaioKernel(calls), LIBAIO, reason);
    }

    private static BackendSelector syscall(RawSyscalls calls, String reason) {
        return new BackendSelector(new SyscallKernel(calls), SYSCALL, reason);
    }

    private static BackendSelector none(String reason) {
        return new BackendSelector(null, null, reason);
    }

    /** The flag that allows this module, or the class path, to call native code. */
    public static String nativeAccessFlag() {
        Module module = BackendSelector.class.getModule();
        return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }

    // Without the flag JDK 25 warns and goes on, unless --illegal-native-access=deny or another module's flag is given.
    @SuppressWarnings("restricted")
    private static boolean nativeAccessIsDenied() {
        try {
            Linker.nativeLinker().defaultLookup().find("close").orElseThrow().reinterpret(0);
            return false;
        } catch (IllegalCallerException denied) {
            return true;
        }
    }

    /** Decides on first use. */
    private static final class Holder {
        static final BackendSelector CHOICE = choose(System.getProperty(BACKEND_PROPERTY));
    }
}

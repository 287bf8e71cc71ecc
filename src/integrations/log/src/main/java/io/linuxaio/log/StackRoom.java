package io.linuxaio.log;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.IntConsumer;

/**
 * A probe of the calling thread's stack. The stack overflows in the probe, rather than between taking a lock and waking the
 * committer, where all other appends would wait for ever.
 *
 * <p>The probe is a call of a method with many local variables, for which HotSpot requires room whether it interprets the
 * method or has compiled it. Its class is generated, since no source code declares so many variables.
 */
final class StackRoom {
    /** 64 KiB: the library requires up to 48 KiB itself, where files are opened. */
    private static final int VARIABLE_SLOTS = 8192;

    private static final IntConsumer PROBE = make();

    /** Not a constant: a compiler that knows it leaves out the variables, and with them the check. */
    private static int depth;

    private StackRoom() {}

    /**
     * Requires that the calling thread has enough stack for any method of the log. To be called before anything is changed.
     *
     * @throws StackOverflowError if it does not
     */
    static void require() {
        PROBE.accept(depth);
    }

    private static IntConsumer make() {
        ClassDesc name = ClassDesc.of(StackRoom.class.getName() + "Probe");
        MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
        byte[] bytes = ClassFile.of()
                .build(
                        name,
                        made -> made.withInterfaceSymbols(ClassDesc.of(IntConsumer.class.getName()))
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        0,
                                        code -> code.aload(0)
                                                .invokespecial(
                                                        ConstantDescs.CD_Object,
                                                        ConstantDescs.INIT_NAME,
                                                        ConstantDescs.MTD_void)
                                                .return_())
                                // Calls itself if its argument is positive, which it never is.
                                .withMethodBody(
                                        "accept",
                                        type,
                                        ClassFile.ACC_PUBLIC,
                                        code -> code.iload(1)
                                                .ifThen(deeper -> deeper.iload(1)
                                                        .istore(VARIABLE_SLOTS - 1)
                                                        .aload(0)
                                                        .iload(VARIABLE_SLOTS - 1)
                                                        .iconst_1()
                                                        .isub()
                                                        .invokevirtual(name, "accept", type))
                                                .return_()));
        try {
            MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return (IntConsumer) made.findConstructor(made.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}

package io.linuxaio.internal.engine;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.IntConsumer;

/**
 * A probe of the calling thread's stack. The stack overflows in the probe, before anything is acquired, rather than between
 * the claim of a slot and its submission.
 *
 * <p>The probe is a call of a method with many local variables. The interpreter needs room for all of them. Compilers
 * leave the variables out, but check that a frame of the interpreter fits, since the method may be deoptimized: one store
 * for each page of the stack. The class of that method is generated at run time, since no source code declares so many variables.
 */
public final class StackRoom {
    /** 16 KiB of local variables; the deepest calls of the engine take less than 4 KiB. */
    private static final int VARIABLE_SLOTS = 2048;

    private static final IntConsumer PROBE = make();

    /** Not a constant: a compiler that knows it leaves out the variables, and with them the check. */
    private static int depth;

    private StackRoom() {}

    /**
     * Requires that the calling thread has enough stack for any method of the engine.
     *
     * @throws StackOverflowError if it does not
     */
    public static void require() {
        PROBE.accept(depth);
    }

    private static IntConsumer make() {
        ClassDesc name = ClassDesc.of(StackRoom.class.getName() + "Probe");
        MethodTypeDesc accept = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
        byte[] bytes = ClassFile.of()
                .build(
                        name,
                        type -> type.withFlags(ClassFile.ACC_FINAL)
                                .withInterfaceSymbols(ClassDesc.of(IntConsumer.class.getName()))
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
                                .withMethodBody(
                                        "accept", accept, ClassFile.ACC_PUBLIC, code -> probe(code, name, accept)));
        try {
            MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return (IntConsumer) made.findConstructor(made.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Writes a method that calls itself if its argument is positive, which it never is. */
    private static void probe(CodeBuilder code, ClassDesc name, MethodTypeDesc type) {
        code.iload(1)
                .ifThen(deeper -> deeper.iload(1)
                        .istore(VARIABLE_SLOTS - 1)
                        .aload(0)
                        .iload(VARIABLE_SLOTS - 1)
                        .iconst_1()
                        .isub()
                        .invokevirtual(name, "accept", type))
                .return_();
    }
}

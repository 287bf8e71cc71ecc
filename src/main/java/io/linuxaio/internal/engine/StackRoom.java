package io.linuxaio.internal.engine;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A probe of the calling thread's stack. The stack overflows in the probe, before anything is acquired, rather than between
 * the claim of a slot and its submission.
 *
 * <p>The probe is a call of a method with many local variables. The interpreter needs room for all of them. Compilers
 * leave the variables out, but check that a frame of the interpreter fits, since the method may be deoptimized: one store
 * for each page of the stack. The class of that method is generated at run time, since no source code declares so many variables.
 *
 * <p>A compiler may move the check to the start of a method that calls the probe, or of one that calls that method. So what
 * must happen in any case must not come before the probe in such a method either.
 */
public final class StackRoom {
    /**
     * The local variables, of 8 bytes each. The deepest calls of the engine take less than 4 KiB. After an overflow, HotSpot
     * may have opened its guard zone of 12 KiB to the thread, and closes it again at any native call; so much may be lost.
     */
    private static final int SLOTS_FOR_RELEASE = 2048;

    private static final int SLOTS_FOR_CALL = 4096;
    private static final int SLOTS_FOR_SEVERAL = 6144;

    private static final Probe PROBE = make();

    /** Not a constant: a compiler that knows it leaves out the variables, and with them the check. */
    private static int depth;

    private StackRoom() {}

    /** The methods with many local variables. */
    interface Probe {
        void forSeveral(int depth);

        void forCall(int depth);

        void forRelease(int depth);
    }

    /**
     * Requires that the calling thread has enough stack for any method of the engine. To be called at the start of a method
     * of the public interface that acquires or releases something.
     *
     * @throws StackOverflowError if it does not
     */
    public static void require() {
        PROBE.forCall(depth);
    }

    /**
     * Requires more than {@link #require}. To be called at the start of a method that calls several of those which begin
     * with that, and must not fail between them.
     *
     * @throws StackOverflowError if the calling thread has less
     */
    public static void requireForSeveral() {
        PROBE.forSeveral(depth);
    }

    /**
     * Requires less than {@link #require}: enough to release something, and never too much within a method that began with
     * that.
     *
     * @throws StackOverflowError if the calling thread has less
     */
    public static void requireForRelease() {
        PROBE.forRelease(depth);
    }

    private static Probe make() {
        ClassDesc name = ClassDesc.of(StackRoom.class.getName() + "Probe");
        byte[] bytes = ClassFile.of().build(name, made -> {
            made.withFlags(ClassFile.ACC_FINAL)
                    .withInterfaceSymbols(ClassDesc.of(Probe.class.getName()))
                    .withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            0,
                            code -> code.aload(0)
                                    .invokespecial(
                                            ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                                    .return_());
            add(made, name, "forSeveral", SLOTS_FOR_SEVERAL);
            add(made, name, "forCall", SLOTS_FOR_CALL);
            add(made, name, "forRelease", SLOTS_FOR_RELEASE);
        });
        try {
            MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return (Probe) made.findConstructor(made.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Adds a method that calls itself if its argument is positive, which it never is. */
    private static void add(ClassBuilder made, ClassDesc owner, String name, int slots) {
        MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
        made.withMethodBody(
                name,
                type,
                ClassFile.ACC_PUBLIC,
                code -> code.iload(1)
                        .ifThen(deeper -> deeper.iload(1)
                                .istore(slots - 1)
                                .aload(0)
                                .iload(slots - 1)
                                .iconst_1()
                                .isub()
                                .invokevirtual(owner, name, type))
                        .return_());
    }
}

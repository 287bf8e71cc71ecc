package io.linuxaio.internal.kernel;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** A kernel whose calls pass through an interceptor, on their way to another kernel. */
public final class KernelProxy {
    private KernelProxy() {}

    /** Makes a call, or something else in its place. */
    @FunctionalInterface
    public interface Interceptor {
        Object intercept(Call call) throws Throwable;
    }

    /** A call of a method of {@link Kernel}. */
    public static final class Call {
        private final Kernel real;
        private final Method method;
        private final Object[] arguments;

        private Call(Kernel real, Method method, Object[] arguments) {
            this.real = real;
            this.method = method;
            this.arguments = arguments;
        }

        /** Returns {@code true} if this is a call of the method with this name. */
        public boolean is(String name) {
            return method.getName().equals(name);
        }

        /** Returns the name of the method. */
        public String name() {
            return method.getName();
        }

        /** Returns the arguments, which may be replaced. */
        public Object[] arguments() {
            return arguments;
        }

        /** Makes the call, and returns its result. */
        public Object proceed() throws Throwable {
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    /** Returns a kernel that passes its calls to an interceptor. */
    public static Kernel over(Kernel real, Interceptor interceptor) {
        return (Kernel) Proxy.newProxyInstance(
                Kernel.class.getClassLoader(),
                new Class<?>[] {Kernel.class},
                (_, method, arguments) -> interceptor.intercept(new Call(real, method, arguments)));
    }
}

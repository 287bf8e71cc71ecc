package io.linuxaio.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a class of tests against the real kernel ({@code *IT}). The build runs it once for each backend.
 *
 * <p>An annotation, and no automatic registration: tests run inside the module under test, where JUnit's
 * {@code ServiceLoader} does not look into {@code META-INF/services}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith({BackendCondition.class, FreeKernelContexts.class, LeakDetector.class})
public @interface OnRealKernel {}

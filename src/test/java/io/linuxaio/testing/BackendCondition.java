package io.linuxaio.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A JUnit condition that skips tests on libaio if it is not installed, with the name of the package. */
public final class BackendCondition implements ExecutionCondition {
    /** The system property for the back end of the tests: {@code libaio} or {@code syscall}. */
    public static final String BACKEND = "io.linuxaio.backend";

    private static final List<String> LIBRARY_NAMES = List.of("libaio.so.1t64", "libaio.so.1", "libaio.so");

    private static final String NOT_INSTALLED =
            "libaio is not installed: apt install libaio1 (Debian 13, Ubuntu 24.04 and later: libaio1t64)";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        String backend = System.getProperty(BACKEND, "");
        return decide(backend, !backend.equals("libaio") || anyLoads(LIBRARY_NAMES));
    }

    static ConditionEvaluationResult decide(String backend, boolean usable) {
        return usable
                ? ConditionEvaluationResult.enabled(
                        "backend " + (backend.isEmpty() ? "of the library's choice" : backend))
                : ConditionEvaluationResult.disabled(NOT_INSTALLED);
    }

    static boolean anyLoads(List<String> names) {
        return names.stream().anyMatch(BackendCondition::loads);
    }

    @SuppressWarnings("restricted")
    private static boolean loads(String name) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(name, arena);
            return true;
        } catch (IllegalArgumentException notFound) {
            return false;
        }
    }
}

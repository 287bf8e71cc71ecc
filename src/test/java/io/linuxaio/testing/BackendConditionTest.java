package io.linuxaio.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** The condition that skips tests without libaio, and no others, and names the remedy. */
class BackendConditionTest {
    @Test
    void theReasonNamesThePackageIfTheLibraryIsMissing() {
        ConditionEvaluationResult result = BackendCondition.decide("libaio", false);

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason()).get().asString().contains("libaio is not installed", "libaio1t64");
    }

    @Test
    void testsRunIfTheLibraryIsInstalled() {
        assertThat(BackendCondition.decide("libaio", true).isDisabled()).isFalse();
    }

    @Test
    void findsALibraryOfEveryMachine() {
        assertThat(BackendCondition.anyLoads(List.of("libnosuchthing.so.9", "libc.so.6")))
                .isTrue();
    }

    @Test
    void doesNotFindALibraryThatDoesNotExist() {
        assertThat(BackendCondition.anyLoads(List.of("libnosuchthing.so.9"))).isFalse();
    }
}

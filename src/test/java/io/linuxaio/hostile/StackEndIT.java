package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls near the end of the stack: each throws or its operation completes. Slots, memory and buffers are lost in
 * neither case.
 */
@OnRealKernel
@Timeout(300)
class StackEndIT {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pool",
                "queue",
                "poller",
                "batch",
                "callbacks",
                "calls",
                "close",
                "open",
                "unaligned",
                "channels",
                "files",
                "contexts",
                "flow",
                "context 8 false",
                "context 1 true",
                "context 8 true",
                "context 64 true"
            })
    void nothingIsLost(String scenario) throws IOException {
        String[] words = scenario.split(" ");
        String[] arguments = new String[words.length + 1];
        arguments[0] = words[0];
        arguments[1] = Path.of("target", "stack-end-" + scenario.replace(' ', '-') + ".bin")
                .toString();
        System.arraycopy(words, 1, arguments, 2, words.length - 1);

        // Thousands of overflows have a stack trace each.
        String printed = ChildJvm.of(StackEnd.class)
                .option("-XX:MaxJavaStackTraceDepth=32")
                .succeed(arguments);

        assertThat(printed).containsPattern("overflows [1-9]");
    }
}

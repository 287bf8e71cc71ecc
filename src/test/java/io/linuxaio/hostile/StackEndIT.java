package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Near the end of the stack a call throws or its operation completes; slots, memory and buffers are lost in neither case.
 *
 * <p>{@code -Dlinuxaio.stack-end=true} adds the scenarios of contexts and queues. Those can still lose a slot,
 * in about one of ten runs of some ten thousand overflows: a call may need more stack than one of the same depth before it.
 */
@OnRealKernel
@Timeout(300)
class StackEndIT {
    static Stream<String> nothingIsLost() {
        Stream<String> pools = Stream.of("pool");
        Stream<String> queues = Stream.of(
                "queue",
                "context 8 false",
                "batch",
                "callbacks",
                "context 1 true",
                "context 8 true",
                "context 64 true");
        return Boolean.getBoolean("linuxaio.stack-end") ? Stream.concat(pools, queues) : pools;
    }

    @ParameterizedTest
    @MethodSource
    void nothingIsLost(String scenario) throws IOException {
        String[] words = scenario.split(" ");
        String[] arguments = new String[words.length + 1];
        arguments[0] = words[0];
        arguments[1] = Path.of("target", "stack-end-" + scenario.replace(' ', '-') + ".bin")
                .toString();
        System.arraycopy(words, 1, arguments, 2, words.length - 1);

        String printed = ChildJvm.of(StackEnd.class).succeed(arguments);

        assertThat(printed).containsPattern("overflows [1-9]");
    }
}

package io.linuxaio.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Chains of operations: a broken chain blocks no thread and is reported. */
@Timeout(10)
class ChainsTest {
    @Test
    void allChainsComplete() {
        Chains chains = new Chains(2);
        chains.ended();
        chains.ended();
        assertThatCode(chains::await).doesNotThrowAnyException();
    }

    @Test
    void theFirstFailureIsTheCauseAndLaterOnesAreSuppressed() {
        Chains chains = new Chains(3);
        IOException first = new IOException("first");
        IOException second = new IOException("second");
        chains.failed(first);
        chains.ended();
        chains.failed(second);
        assertThatThrownBy(chains::await)
                .isInstanceOf(IllegalStateException.class)
                .hasCause(first);
        assertThat(first.getSuppressed()).containsExactly(second);
    }
}

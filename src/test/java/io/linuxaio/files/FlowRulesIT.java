package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tests of Reactive Streams for publishers and subscribers, on files. */
@OnRealKernel
@Timeout(300)
class FlowRulesIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AioContext aio;
    private FlowRules rules;

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.open();
        rules = new FlowRules(aio, directory);
    }

    @AfterEach
    void close() {
        aio.close();
    }

    @TestFactory
    Stream<DynamicTest> publisher() {
        return FlowRules.each(() -> rules.new Publisher());
    }

    @TestFactory
    Stream<DynamicTest> subscriberFromOutside() {
        return FlowRules.each(() -> rules.new SubscriberOutside()).onClose(rules::endAll);
    }

    @TestFactory
    Stream<DynamicTest> subscriberFromInside() {
        return FlowRules.each(() -> rules.new SubscriberInside()).onClose(rules::endAll);
    }
}

package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** Contexts in the platform's MBean server. */
class ManagementTest extends FakeKernelFixture {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private AioContext openAs(String name) throws IOException {
        return open(AioContext.builder().queueDepth(4).jmx(name));
    }

    private static ObjectName named(String quoted) throws Exception {
        return new ObjectName("io.linuxaio:type=AioContext,name=" + quoted);
    }

    @Test
    void theBeanReportsTheStatistics() throws Exception {
        AioContext aio = openAs("figures");
        AioFile file = file(aio);
        file.write(block(1), 0).join();
        kernel.script(FakeOutcome.error(Errno.EIO));
        assertFailsWith(file.read(block(1), 0), "EIO", 0);
        kernel.hold();
        file.write(block(1), 0);
        file.write(block(1), 0);

        AioContextMXBean bean = JMX.newMXBeanProxy(SERVER, named("\"figures\""), AioContextMXBean.class);
        assertThat(bean.getQueueDepth()).isEqualTo(4);
        AioContextMXBean.Stats stats = bean.getStats();
        assertThat(stats.getInFlight()).isEqualTo(2);
        assertThat(stats.getMaxInFlight()).isEqualTo(2);
        assertThat(stats.getSubmitted()).isEqualTo(4);
        assertThat(stats.getSucceeded()).isEqualTo(1);
        assertThat(stats.getFailed()).isEqualTo(1);
        assertThat(stats.getBytesWritten()).isEqualTo(BLOCK);
    }

    @Test
    void eachStatisticIsAnItemOfOneAttribute() throws Exception {
        AioContext aio = openAs("attributes");
        file(aio).write(block(1), 0).join();
        kernel.awaitWaiting();
        ObjectName name = named("\"attributes\"");

        AioStats stats = aio.stats();
        CompositeData items = (CompositeData) SERVER.getAttribute(name, "Stats");
        for (RecordComponent figure : AioStats.Figures.class.getRecordComponents()) {
            Object value = AioStats.class.getMethod(figure.getName()).invoke(stats);
            if (value instanceof AioLatencies latencies) {
                CompositeData summary = (CompositeData) items.get(figure.getName());
                assertThat(summary.get("count")).isEqualTo(latencies.count());
                assertThat(summary.get("meanNanos")).isEqualTo(latencies.mean().toNanos());
                assertThat(summary.get("p50Nanos"))
                        .isEqualTo(latencies.percentile(50).toNanos());
                assertThat(summary.get("p99Nanos"))
                        .isEqualTo(latencies.percentile(99).toNanos());
                assertThat(summary.get("p999Nanos"))
                        .isEqualTo(latencies.percentile(99.9).toNanos());
                assertThat(summary.get("maxNanos")).isEqualTo(latencies.max().toNanos());
            } else {
                assertThat(items.get(figure.getName())).as(figure.getName()).isEqualTo(value);
            }
        }
        assertThat(items.values()).hasSameSizeAs(AioStats.Figures.class.getRecordComponents());
        assertThat(SERVER.getMBeanInfo(name).getAttributes())
                .extracting(MBeanAttributeInfo::getName)
                .containsExactlyInAnyOrder("QueueDepth", "Stats");
    }

    @Test
    void anyNameIsAccepted() throws Exception {
        String name = "a, \"b\"=*?\n";

        openAs(name);

        assertThat(SERVER.isRegistered(named(ObjectName.quote(name)))).isTrue();
    }

    @Test
    void aClosedContextIsUnregisteredAndItsNameIsFree() throws Exception {
        AioContext aio = openAs("closed");
        assertThat(SERVER.isRegistered(named("\"closed\""))).isTrue();

        aio.close();

        assertThat(SERVER.isRegistered(named("\"closed\""))).isFalse();
        openAs("closed");
        assertThat(SERVER.isRegistered(named("\"closed\""))).isTrue();
    }

    @Test
    void staysRegisteredWhileOperationsAreInFlight() throws Exception {
        AioContext aio = openAs("ending");
        kernel.hold();
        CompletableFuture<Integer> write = file(aio).write(block(1), 0);

        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofMillis(20))).isFalse();

        assertThat(((CompositeData) SERVER.getAttribute(named("\"ending\""), "Stats")).get("inFlight"))
                .isEqualTo(1);
        kernel.releaseAll();
        write.join();
        aio.close();
        assertThat(SERVER.isRegistered(named("\"ending\""))).isFalse();
    }

    @Test
    void aNameInUseIsRefusedAndNothingStaysOpen() throws Exception {
        AioContext first = openAs("taken");

        assertThatThrownBy(() -> openAs("taken"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("io.linuxaio:type=AioContext,name=\"taken\"");

        assertThat(kernel.openContexts()).isEqualTo(1);
        assertThat(SERVER.isRegistered(named("\"taken\""))).isTrue();
        assertThat(first.isOpen()).isTrue();
    }

    @Test
    void aContextUnregisteredByOthersCanBeClosed() throws Exception {
        AioContext aio = openAs("removed");
        SERVER.unregisterMBean(named("\"removed\""));

        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofSeconds(20))).isTrue();
    }

    @Test
    void nothingIsRegisteredWithoutAName() throws Exception {
        int before = SERVER.queryNames(new ObjectName("io.linuxaio:*"), null).size();

        open(4);

        assertThat(SERVER.queryNames(new ObjectName("io.linuxaio:*"), null)).hasSize(before);
    }
}

package io.linuxaio;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanRegistrationException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** The MBean of a context. Loaded only if requested, since the module java.management may be missing. */
final class ContextBean implements AioContextMXBean {
    private static final Logger LOG = System.getLogger("io.linuxaio");

    private final AioContext context;
    private final ObjectName name;

    private ContextBean(AioContext context, ObjectName name) {
        this.context = context;
        this.name = name;
    }

    /**
     * Registers a context.
     *
     * @throws IllegalStateException if the name is in use
     */
    static ContextBean register(AioContext context, String name) {
        ContextBean bean = new ContextBean(context, objectName(name));
        try {
            ManagementFactory.getPlatformMBeanServer().registerMBean(bean, bean.name);
        } catch (InstanceAlreadyExistsException e) {
            throw new IllegalStateException("an MBean is registered already by the name " + bean.name, e);
        } catch (JMException e) {
            throw new IllegalStateException("the context cannot be registered as " + bean.name, e);
        }
        return bean;
    }

    private static ObjectName objectName(String name) {
        try {
            return new ObjectName("io.linuxaio:type=AioContext,name=" + ObjectName.quote(name));
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException("no name for an MBean: " + name, e);
        }
    }

    /** Removes the registration, unless other code has removed it. */
    void unregister() {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            // Any code may unregister any MBean.
        } catch (MBeanRegistrationException e) {
            LOG.log(Level.WARNING, "the MBean stays: " + name, e);
        }
    }

    @Override
    public int getQueueDepth() {
        return context.queueDepth();
    }

    @Override
    public Stats getStats() {
        return new Snapshot(context.stats());
    }

    /** A snapshot of the statistics, with the getters that the mapping of MXBeans requires. */
    private record Snapshot(AioStats stats) implements Stats {
        @Override
        public long getSubmitted() {
            return stats.submitted();
        }

        @Override
        public long getSucceeded() {
            return stats.succeeded();
        }

        @Override
        public long getFailed() {
            return stats.failed();
        }

        @Override
        public long getBytesRead() {
            return stats.bytesRead();
        }

        @Override
        public long getBytesWritten() {
            return stats.bytesWritten();
        }

        @Override
        public int getInFlight() {
            return stats.inFlight();
        }

        @Override
        public int getMaxInFlight() {
            return stats.maxInFlight();
        }

        @Override
        public long getQueueFullCount() {
            return stats.queueFullCount();
        }

        @Override
        public long getNowaitRefusals() {
            return stats.nowaitRefusals();
        }

        @Override
        public long getOffloaded() {
            return stats.offloaded();
        }

        @Override
        public long getShortTransfers() {
            return stats.shortTransfers();
        }

        @Override
        public long getSubmitRetries() {
            return stats.submitRetries();
        }

        @Override
        public long getStrayEvents() {
            return stats.strayEvents();
        }

        @Override
        public long getReaperWakeups() {
            return stats.reaperWakeups();
        }

        @Override
        public Latencies getReadLatencies() {
            return new Summary(stats.readLatencies());
        }

        @Override
        public Latencies getWriteLatencies() {
            return new Summary(stats.writeLatencies());
        }

        @Override
        public Latencies getSyncLatencies() {
            return new Summary(stats.syncLatencies());
        }
    }

    /** A summary of a histogram, with the getters that the mapping of MXBeans requires. */
    private record Summary(AioLatencies latencies) implements Latencies {
        @Override
        public long getCount() {
            return latencies.count();
        }

        @Override
        public long getMeanNanos() {
            return latencies.mean().toNanos();
        }

        @Override
        public long getP50Nanos() {
            return latencies.percentile(50).toNanos();
        }

        @Override
        public long getP99Nanos() {
            return latencies.percentile(99).toNanos();
        }

        @Override
        public long getP999Nanos() {
            return latencies.percentile(99.9).toNanos();
        }

        @Override
        public long getMaxNanos() {
            return latencies.max().toNanos();
        }
    }
}

package io.linuxaio.flashkv.server;

import io.linuxaio.flashkv.command.ServerFacts;
import io.linuxaio.flashkv.store.Store;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The facts that a server reports about itself. */
final class Facts implements ServerFacts {
    private final Store store;
    private final Statistics statistics;
    private final Collection<Connection> connections;
    private final Map<String, String> config;
    private final int maxValue;
    private final long began = System.nanoTime();

    Facts(
            Store store,
            Statistics statistics,
            Collection<Connection> connections,
            Map<String, String> config,
            int maxValue) {
        this.store = store;
        this.statistics = statistics;
        this.connections = connections;
        this.config = config;
        this.maxValue = maxValue;
    }

    @Override
    public Map<String, String> info() {
        Map<String, String> info = new LinkedHashMap<>();
        info.put("Server", """
                server_name:flashkv
                process_id:%d
                uptime_in_seconds:%d
                """.formatted(
                        ProcessHandle.current().pid(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)));
        info.put("Clients", """
                connected_clients:%d
                maxclients:%s
                """.formatted(connections.size(), config.get("maxclients")));
        Runtime runtime = Runtime.getRuntime();
        info.put("Memory", """
                used_memory:%d
                maxmemory:%d
                """.formatted(runtime.totalMemory() - runtime.freeMemory(), runtime.maxMemory()));
        info.put("Persistence", store.describe());
        info.put("Stats", """
                total_connections_received:%d
                total_commands_processed:%d
                rejected_connections:%d
                timed_out_connections:%d
                protocol_errors:%d
                """.formatted(
                        statistics.connections.sum(),
                        statistics.commands.sum(),
                        statistics.rejected.sum(),
                        statistics.timedOut.sum(),
                        statistics.protocolErrors.sum()));
        info.put("Keyspace", store.size() == 0 ? "" : "db0:keys=" + store.size() + "\n");
        return info;
    }

    @Override
    public Map<String, String> config() {
        return config;
    }

    @Override
    public List<String> clients() {
        return connections.stream()
                .map(connection -> connection.session().describe())
                .toList();
    }

    @Override
    public int maxValue() {
        return maxValue;
    }
}

package io.linuxaio.bench.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An engine of fio, as a well-known reference. It chooses its own positions, random or sequential as in the workload.
 */
record FioContender(String engine, Policy policy) implements Contender {
    private static final double NANOS_OF_MILLI = 1e6;
    private static final double PERCENT = 100;

    /** In fio's words, and ours. */
    private static final Map<String, String> PERCENTILES = Map.of(
            "50.000000", "p50", "90.000000", "p90", "99.000000", "p99", "99.900000", "p999", "99.990000", "p9999");

    static List<Contender> all() {
        return List.of(
                new FioContender("libaio", Policy.BATCH),
                new FioContender("io_uring", Policy.BATCH),
                new FioContender("psync", Policy.THREADS));
    }

    @Override
    public String name() {
        return "fio-" + engine;
    }

    @Override
    public String description() {
        return policy == Policy.THREADS
                ? "fio, as many threads as the depth says, each with pread or pwrite"
                : "fio, engine " + engine + ", all free slots submitted in one call";
    }

    @Override
    public String group() {
        return "fio";
    }

    @Override
    public String unfit(Workload workload, PassKind pass) {
        if (policy == Policy.THREADS && workload.depth() > 256) {
            return "more than 256 threads";
        }
        if (policy == Policy.THREADS && workload.threads() > 1) {
            return "it has as many threads as the depth says";
        }
        return pass == PassKind.CHECK ? "fio's data is not checked" : null;
    }

    @Override
    public ObjectNode run(PassKind pass, Workload workload) throws IOException, InterruptedException {
        Programs.Ended ended = Programs.run(command(workload), Limits.of(workload));
        int start = ended.output().indexOf('{');
        if (ended.status() != 0 || start < 0) {
            return Json.error("fio ended with " + ended.status() + ": "
                    + (ended.errors().isEmpty() ? ended.lastLine() : ended.errors()));
        }
        try {
            return parse(Json.MAPPER.readTree(ended.output().substring(start)), workload, pass);
        } catch (JsonProcessingException e) {
            return Json.error("what fio printed is no JSON: " + e.getOriginalMessage());
        }
    }

    List<String> command(Workload workload) {
        String kind = workload.operation().name().toLowerCase(Locale.ROOT);
        List<String> command = new ArrayList<>(List.of(
                "fio",
                "--name=bench",
                "--output-format=json",
                "--thread",
                "--group_reporting",
                "--time_based",
                "--allow_file_create=0",
                "--norandommap",
                "--overwrite=1",
                // From before the submission, as ours; and not from after it, which is fio's default.
                "--lat_percentiles=1",
                "--clat_percentiles=0",
                "--percentile_list=50:90:99:99.9:99.99",
                "--ioengine=" + engine,
                "--filename=" + workload.path().toString().replace(":", "\\:"),
                "--bs=" + workload.blockSize(),
                "--direct=" + (workload.direct() ? 1 : 0),
                "--randseed=" + workload.seed(),
                "--rw=" + (workload.random() ? "rand" + kind : kind),
                "--ramp_time=" + workload.warmUp().toMillis() + "ms",
                "--runtime=" + measured(workload).toMillis() + "ms"));
        if (policy == Policy.THREADS) {
            command.add("--numjobs=" + workload.depth());
            command.add("--size=" + workload.fileSize());
        } else {
            int depth = workload.depth() / workload.threads();
            command.add("--numjobs=" + workload.threads());
            command.add("--iodepth=" + depth);
            command.add("--iodepth_batch_submit=" + depth);
            command.add("--iodepth_batch_complete_min=1");
            command.add("--iodepth_batch_complete_max=" + depth);
            places(workload, command);
        }
        return command;
    }

    /** At random all go everywhere, as ours do; in sequence each has a part of the file, or all would read the same. */
    private static void places(Workload workload, List<String> command) {
        long size = workload.fileSize();
        if (!workload.random() && workload.threads() > 1) {
            size = size / workload.threads() / workload.blockSize() * workload.blockSize();
            command.add("--offset_increment=" + size);
        }
        command.add("--size=" + size);
    }

    private static Duration measured(Workload workload) {
        return workload.window().multipliedBy(workload.windows());
    }

    private ObjectNode parse(JsonNode report, Workload workload, PassKind pass) {
        JsonNode job = report.path("jobs").path(0);
        JsonNode side = job.path(workload.operation().name().toLowerCase(Locale.ROOT));
        double operations = side.path("total_ios").asDouble();
        if (job.path("error").asInt() != 0 || operations == 0) {
            return Json.error(
                    "fio reports error " + job.path("error").asInt() + " after " + (long) operations + " operations");
        }
        ObjectNode result = Json.object().put("operations", (long) operations);
        if (pass == PassKind.LATENCY) {
            JsonNode whole = side.path("lat_ns");
            whole.path("percentile")
                    .properties()
                    .forEach(each -> result.set(PERCENTILES.get(each.getKey()), each.getValue()));
            result.set("max", whole.path("max"));
            return result;
        }
        // With several jobs, "runtime" is the wall's and "job_runtime" the sum of all.
        double busy = (job.path("usr_cpu").asDouble() + job.path("sys_cpu").asDouble()) / PERCENT;
        result.putArray("wall_ns").add(side.path("runtime").asDouble() * NANOS_OF_MILLI / operations);
        result.putArray("processor_ns").add(busy * job.path("job_runtime").asDouble() * NANOS_OF_MILLI / operations);
        result.putArray("switches").add(job.path("ctx").asDouble() / operations);
        return result;
    }
}

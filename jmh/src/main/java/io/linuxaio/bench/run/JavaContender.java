package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.VariantMain;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A variant in a JVM of its own. */
record JavaContender(Variant variant, List<String> flags, boolean traced) implements Contender {
    @Override
    public String name() {
        return variant.name();
    }

    @Override
    public String description() {
        return variant.description();
    }

    @Override
    public String group() {
        return variant.getClass().getPackageName().endsWith(".linuxaio") ? "linux-aio" : "peers";
    }

    @Override
    public Policy policy() {
        return variant.policy();
    }

    @Override
    public String unfit(Workload workload, PassKind pass) {
        return variant.unfit(workload);
    }

    @Override
    public ObjectNode run(PassKind pass, Workload workload) throws IOException, InterruptedException {
        List<String> command = java();
        command.addAll(variant.jvmFlags());
        command.addAll(flags);
        command.addAll(List.of(VariantMain.class.getName(), pass.argument(), variant.name()));
        command.addAll(workload.arguments());
        return traced
                ? Syscalls.count(command, Limits.of(workload))
                : Json.result(Programs.run(command, Limits.of(workload)));
    }

    /** The JVM that this runs on, with the same classes. */
    static List<String> java() {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ArrayList<>(List.of(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + Bench.TARGET.resolve("bench").resolve("crash-%p.log"),
                "-cp",
                System.getProperty("java.class.path")));
    }
}

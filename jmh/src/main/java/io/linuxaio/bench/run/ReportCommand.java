package io.linuxaio.bench.run;

import io.linuxaio.bench.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The subcommand that writes tables and plots again. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Makes the table and the plots from raw results, also of a run that was cut short.")
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIRECTORY", description = "Of the run.")
    Path directory;

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(directory.resolve(Report.RAW))) {
            throw new BenchException("there is no " + Report.RAW + " in " + directory);
        }
        Report.write(directory);
        System.out.println(Files.readString(directory.resolve(Report.TABLE)));
        return 0;
    }
}

package io.linuxaio.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code aio} command. */
@Command(
        name = "aio",
        description = "Linux AIO from the command line.",
        mixinStandardHelpOptions = true,
        versionProvider = Aio.Version.class)
public final class Aio implements Runnable {
    private Aio() {}

    /**
     * Runs the command and ends the VM with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Aio()).execute(args));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** Takes the version from the manifest of the jar that the command runs from. */
    static final class Version implements IVersionProvider {
        private Version() {}

        @Override
        public String[] getVersion() {
            String version = Aio.class.getPackage().getImplementationVersion();
            return new String[] {"aio " + (version == null ? "(not packaged)" : version)};
        }
    }
}

package io.linuxaio.cli.runtime;

import picocli.CommandLine.IVersionProvider;

/** The version of the command, from the manifest of the jar that it runs from. */
public final class Version implements IVersionProvider {
    private Version() {}

    /** Returns the version without the name of the command. */
    public static String version() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"aio " + version()};
    }
}

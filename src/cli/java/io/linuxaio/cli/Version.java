package io.linuxaio.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the command, from the manifest of the jar that it runs from. */
final class Version implements IVersionProvider {
    private Version() {}

    static String version() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"aio " + version()};
    }
}

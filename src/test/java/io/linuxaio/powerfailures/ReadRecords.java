package io.linuxaio.powerfailures;

import java.io.IOException;
import java.nio.file.Path;

/** Reports the records in directories, each of which has the name of its disk: DIRECTORY... */
final class ReadRecords {
    private ReadRecords() {}

    public static void main(String[] args) {
        for (String directory : args) {
            for (Guarantee guarantee : Guarantee.values()) {
                report(Path.of(directory), guarantee);
            }
        }
    }

    // Without the library, which is under test. A file that cannot be read contains nothing.
    private static void report(Path directory, Guarantee guarantee) {
        String found;
        try {
            found = FoundRecords.format(FoundRecords.read(directory, guarantee));
        } catch (IOException e) {
            System.out.println(directory.getFileName() + ": " + e);
            found = "none";
        }
        System.out.println("GUEST found " + directory.getFileName() + " " + guarantee + " " + found);
    }
}

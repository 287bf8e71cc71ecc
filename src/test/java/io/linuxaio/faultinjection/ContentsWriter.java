package io.linuxaio.faultinjection;

import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A program that writes a file repeatedly until it is killed, and prints the start and the end of each write.
 * Arguments: the file, the seed, the maximum length, {@code replace} or {@code truncate}, the first number.
 */
final class ContentsWriter {
    static final String BEGINS = "begins ";
    static final String DONE = "done ";

    private ContentsWriter() {}

    public static void main(String[] args) {
        Watchdog.start(Duration.ofSeconds(50));
        Path file = Path.of(args[0]);
        NumberedContents contents = new NumberedContents(Long.parseLong(args[1]), Integer.parseInt(args[2]));
        OpenOption[] options =
                args[3].equals("replace") ? new OpenOption[] {AioWriteOption.ATOMIC_REPLACE} : new OpenOption[0];
        for (long number = Long.parseLong(args[4]); ; number++) {
            byte[] bytes = contents.of(number);
            System.out.println(BEGINS + number);
            AioFiles.write(file, bytes, options).join();
            System.out.println(DONE + number);
        }
    }
}

package io.linuxaio.powerfailures;

import static java.nio.channels.FileChannel.MapMode.READ_ONLY;

import io.linuxaio.powerfailures.Expectation.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Makes images of a disk after power failures, in a directory, and prints a line for each with the records that must be
 * there: BASE LOG DIRECTORY SEED NAME... The names of images of a disk that forgot flushes begin with {@code c}, others
 * with {@code r}. The seed and the name determine the failure.
 */
final class MakeImages {
    private MakeImages() {}

    public static void main(String[] args) throws IOException {
        DiskImage base = new DiskImage(Path.of(args[0]));
        try (Arena arena = Arena.ofConfined();
                FileChannel file = FileChannel.open(Path.of(args[1]))) {
            WriteLog log = new WriteLog(file.map(READ_ONLY, 0, file.size(), arena));
            LoggedRecords records = new LoggedRecords(log);
            if (records.isEmpty()) {
                throw new IOException("The write log contains no records");
            }
            for (String name : List.of(args).subList(4, args.length)) {
                Random random = new Random(Long.parseLong(args[3]) * 31 + name.hashCode());
                PowerFailure failure = choose(name, log, records, random);
                base.writeTo(Path.of(args[2], name), log, failure);
                System.out.println(expect(name, failure, records).format());
            }
        }
    }

    private static PowerFailure choose(String name, WriteLog log, LoggedRecords records, Random random) {
        int first = records.firstEntry() + 1;
        int last = records.lastEntry() + 1;
        return name.startsWith("c")
                ? PowerFailure.chooseWithForgottenFlushes(log, first, last, random)
                : PowerFailure.choose(log, first, last, random);
    }

    private static Expectation expect(String name, PowerFailure failure, LoggedRecords records) {
        Kind kind = Kind.REPLAY;
        if (name.startsWith("c")) {
            kind = records.losesAcknowledged(failure) ? Kind.CONTROL : Kind.HARMLESS_CONTROL;
        }
        return new Expectation(name, kind, failure.entry(), records.acknowledgedBefore(failure.entry()));
    }
}

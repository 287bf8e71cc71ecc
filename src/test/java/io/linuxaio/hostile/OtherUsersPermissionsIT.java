package io.linuxaio.hostile;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.files.AioCopyOption;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import io.linuxaio.testing.Acl;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Strace;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Xattr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replacing and copying files of other users and groups, by a process that may not change owners. */
@OnRealKernel
@Timeout(300)
class OtherUsersPermissionsIT {
    private static final int USER = 12345;
    private static final int OTHER = 23456;
    private static final byte[] OLD = Bytes.random(1, 5000);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path file;
    private Path copy;

    /** Replaces and copies files, and prints what failed. */
    static final class Maker {
        public static void main(String[] args) {
            for (int i = 0; i < args.length; i += 2) {
                Path file = Path.of(args[i + 1]);
                try {
                    if (args[i].equals("copy")) {
                        AioFiles.copy(file, file.resolveSibling("copy"), COPY_ATTRIBUTES)
                                .join();
                    } else if (args[i].equals("copy-synced")) {
                        AioFiles.copy(file, file.resolveSibling("copy"), REPLACE_EXISTING, AioCopyOption.DSYNC)
                                .join();
                    } else {
                        AioFiles.write(file, new byte[] {1}, AioWriteOption.ATOMIC_REPLACE)
                                .join();
                    }
                } catch (CompletionException e) {
                    System.out.println(e.getCause());
                }
            }
        }
    }

    @BeforeEach
    void writeOld() throws IOException {
        Command.assumeRoot("can create files of other users");
        Command.assumeInstalled("setpriv");
        Files.setAttribute(directory, "unix:mode", 0777);
        file = Files.write(directory.resolve("file"), OLD);
        copy = directory.resolve("copy");
    }

    private void own(int owner, int group, int mode) throws IOException {
        Files.setAttribute(file, "unix:gid", group);
        Files.setAttribute(file, "unix:uid", owner);
        Files.setAttribute(file, "unix:mode", mode);
    }

    /** Runs the program as a user of a group of its own, and of another group or none. */
    private static String make(String groups, String... arguments) throws IOException {
        String[] user = {"setpriv", "--reuid=" + USER, "--regid=" + USER, groups};
        Path classes = Path.of("target", "test-classes").toAbsolutePath();
        Command.succeedOrSkip(user[0], user[1], user[2], user[3], "ls", classes.toString());
        return ChildJvm.of(Maker.class).by(user).succeed(arguments).strip();
    }

    private static String mode(Path path) throws IOException {
        return Integer.toOctalString((Integer) Files.getAttribute(path, "unix:mode") & 07777);
    }

    @ParameterizedTest
    @CsvSource({
        "12345, 0660, 600",
        "23456, 0660, 600",
        "23456, 0644, 644",
        "23456, 0664, 644",
        "23456, 0604, 600",
        "23456, 0666, 666",
        "12345, 06755, 755",
        "23456, 06755, 755",
        "23456, 02775, 755"
    })
    void aGroupThatCannotBeSetGrantsNothingToAnother(int owner, String mode, String expected) throws IOException {
        own(owner, OTHER, Integer.parseInt(mode, 8));
        boolean readable = owner == USER || (Integer.parseInt(mode, 8) & 04) != 0;
        String copying = readable ? "copy" : "replace";

        assertThat(make("--clear-groups", copying, file.toString(), "replace", file.toString()))
                .isEmpty();

        for (Path made : readable ? new Path[] {file, copy} : new Path[] {file}) {
            assertThat(mode(made)).isEqualTo(expected);
            assertThat(Files.readAttributes(made, "unix:uid,gid"))
                    .containsEntry("uid", USER)
                    .containsEntry("gid", USER);
        }
    }

    @Test
    void setIdBitsAreClearedIfTheOwnerCannotBeSet() throws IOException {
        own(OTHER, OTHER, 06775);

        assertThat(make("--groups=" + OTHER, "copy", file.toString(), "replace", file.toString()))
                .isEmpty();

        for (Path made : new Path[] {file, copy}) {
            assertThat(mode(made)).isEqualTo("775");
            assertThat(Files.readAttributes(made, "unix:uid,gid"))
                    .containsEntry("uid", USER)
                    .containsEntry("gid", OTHER);
        }
    }

    @Test
    void theOtherGroupGetsNothingInAnAccessList() throws IOException {
        own(USER, OTHER, 0660);
        Acl.set(file, "u::rw-,u:34567:r--,g::r--,m::rw-,o::r--");

        assertThat(make("--clear-groups", "copy", file.toString(), "replace", file.toString()))
                .isEmpty();

        for (Path made : new Path[] {file, copy}) {
            assertThat(Acl.of(made)).isEqualTo("u::rw-,u:34567:r--,g::---,m::rw-,o::r--");
        }
    }

    /** Until the last of these calls only the owner may access the new file, whatever list its directory passes on. */
    @Test
    void permissionsAreSetLast() throws IOException {
        Command.assumeTracing();
        own(OTHER, OTHER, 0664);
        Acl.setDefault(directory, "u::rwx,u:34567:rwx,g::rwx,m::rwx,o::rwx");
        Xattr.set(file, "user.test", new byte[] {1});
        Path log = directory.resolve("trace");
        String calls =
                "trace=fchown,fchmod,fsetxattr,fremovexattr,renameat2,?rename,?renameat,?chmod,?fchmodat,?fchmodat2";

        ChildJvm.of(Maker.class)
                .by("strace", "-f", "--seccomp-bpf", "-qq", "-y", "-o", log.toString(), "-e", calls)
                .succeed("replace", file.toString());

        Pattern call = Pattern.compile("(\\w+)\\(.*\\.linux-aio-");
        assertThat(Files.readAllLines(log).stream()
                        .map(call::matcher)
                        .filter(Matcher::find)
                        .map(line -> line.group(1)))
                .containsExactly("fchown", "fchown", "fsetxattr", "fremovexattr", "fchmod", "renameat2");
    }

    @Test
    void theMaskIsNotTakenAsTheGroupIfTheListCannotBeRead() throws IOException {
        own(OTHER, OTHER, 0640);
        Acl.set(file, "u::rw-,u:34567:r--,g::---,m::r--,o::---");
        Strace strace = Strace.inject(directory, "getxattr:error=EPERM");

        ChildJvm.of(Maker.class).by(strace.command()).succeed("replace", file.toString());

        assertThat(file).hasBinaryContent(new byte[] {1});
        assertThat(mode(file)).isEqualTo("600");
        assertThat(Acl.of(file)).isEmpty();
    }

    @Test
    void capabilitiesAreNotGivenToAnotherOwner() throws IOException {
        own(OTHER, OTHER, 0755);
        Command.assumeInstalled("setcap");
        Command.succeedOrSkip("setcap", "cap_net_raw+ep", file.toString());

        assertThat(make("--clear-groups", "replace", file.toString())).isEmpty();

        assertThat(Xattr.get(file, "security.capability")).isEmpty();
    }

    @Test
    void aDirectoryThatIsNotWritableIsNamed() throws IOException {
        own(USER, USER, 0660);
        Files.setAttribute(directory, "unix:mode", 0755);

        assertThat(make("--clear-groups", "replace", file.toString(), "copy", file.toString())
                        .lines())
                .containsExactly(
                        "java.nio.file.AccessDeniedException: " + file + ": its directory " + directory
                                + " must be writable and searchable for this process",
                        "java.nio.file.AccessDeniedException: " + copy + ": its directory " + directory
                                + " must be writable and searchable for this process");
        assertThat(file).hasBinaryContent(OLD);
    }

    @Test
    void theTargetStaysIfTheDirectoryCannotBeSynced() throws IOException {
        own(USER, USER, 0660);
        Files.write(copy, new byte[] {7});
        Files.setAttribute(directory, "unix:mode", 0333);

        String printed = make("--clear-groups", "copy-synced", file.toString());

        Files.setAttribute(directory, "unix:mode", 0777);
        assertThat(printed).startsWith("java.nio.file.AccessDeniedException: " + copy);
        assertThat(copy).hasBinaryContent(new byte[] {7});
        assertThat(directory).isDirectoryNotContaining("glob:**/.linux-aio-*");
    }

    @Test
    void aFileOfAnotherUserInAStickyDirectoryIsNamed() throws IOException {
        own(OTHER, OTHER, 0666);
        Files.setAttribute(directory, "unix:mode", 01777);

        assertThat(make("--clear-groups", "replace", file.toString()))
                .startsWith("io.linuxaio.AioException: rename of " + file + ": EPERM")
                .contains("sticky bit")
                .doesNotContain(".linux-aio-");
        assertThat(file).hasBinaryContent(OLD);
    }
}

package io.linuxaio.hostile;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.linuxaio.AioOpenOption;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import io.linuxaio.testing.Acl;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import io.linuxaio.testing.Xattr;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Permissions of replaced and copied files, which grant nothing that the original did not. */
@OnRealKernel
@Timeout(120)
class PermissionsIT {
    private static final byte[] NEW = Bytes.random(1, 20_001);
    private static final String SECRET_OF_GROUP = "u::rw-,u:12345:rw-,g::---,m::rw-,o::---";

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path file;

    /** The two ways by which a new file gets the attributes of another one. */
    enum Way {
        REPLACE {
            @Override
            Path make(Path file) {
                return AioFiles.write(file, NEW, AioWriteOption.ATOMIC_REPLACE).join();
            }
        },
        COPY {
            @Override
            Path make(Path file) {
                Path copy = file.resolveSibling("copy");
                AioFiles.copy(file, copy, COPY_ATTRIBUTES).join();
                return copy;
            }
        },
        COPY_OVER_ANOTHER {
            @Override
            Path make(Path file) throws IOException {
                Path copy = Files.write(file.resolveSibling("copy"), NEW);
                AioFiles.copy(file, copy, COPY_ATTRIBUTES, REPLACE_EXISTING).join();
                return copy;
            }
        };

        abstract Path make(Path file) throws IOException;
    }

    @BeforeEach
    void writeOld() throws IOException {
        file = Files.write(directory.resolve("file"), Bytes.random(2, 10_000));
        Files.setAttribute(file, "unix:mode", 0640);
    }

    private static String mode(Path path) throws IOException {
        return Integer.toOctalString((Integer) Files.getAttribute(path, "unix:mode") & 07777);
    }

    @ParameterizedTest
    @EnumSource
    void theAccessListIsCopied(Way way) throws IOException {
        Acl.set(file, SECRET_OF_GROUP);

        Path made = way.make(file);

        assertThat(Acl.of(made)).isEqualTo(SECRET_OF_GROUP);
        assertThat(mode(made)).isEqualTo("660");
    }

    @ParameterizedTest
    @EnumSource
    void theDefaultListOfTheDirectoryGrantsNothing(Way way) throws IOException {
        Acl.setDefault(directory, "u::rwx,u:12345:rwx,g::rwx,m::rwx,o::rwx");

        Path made = way.make(file);

        assertThat(Acl.of(made)).isEmpty();
        assertThat(mode(made)).isEqualTo("640");
    }

    @ParameterizedTest
    @EnumSource
    void theDefaultListOfTheDirectoryAddsNothingToTheFilesList(Way way) throws IOException {
        Acl.setDefault(directory, "u::rwx,u:23456:rwx,g::rwx,m::rwx,o::rwx");
        Acl.set(file, SECRET_OF_GROUP);

        assertThat(Acl.of(way.make(file))).isEqualTo(SECRET_OF_GROUP);
    }

    @Test
    void aNewFileGetsTheDefaultListOfTheDirectory() throws IOException {
        Acl.setDefault(directory, "u::rwx,u:12345:rwx,g::r-x,m::rwx,o::---");
        Path usual = Files.write(directory.resolve("usual"), NEW);

        Path made = AioFiles.write(directory.resolve("made"), NEW, AioWriteOption.ATOMIC_REPLACE)
                .join();

        assertThat(Acl.of(made)).isEqualTo(Acl.of(usual)).contains("u:12345:rwx");
        assertThat(mode(made)).isEqualTo(mode(usual));
    }

    @Test
    void aPlainCopyDoesNotTakeTheMaskAsTheGroup() throws IOException {
        Acl.set(file, "u::rw-,u:12345:rw-,g::---,m::rw-,o::---");
        Path copy = directory.resolve("copy");

        AioFiles.copy(file, copy).join();

        assertThat(mode(copy)).isEqualTo("600");
    }

    @Test
    void permissionsAreNotWidenedWithoutAccessLists() throws IOException {
        Acl.set(file, "u::rw-,u:12345:---,g::r--,m::rw-,o::r--");
        try (Volume volume = Volume.ramfs(directory)) {
            Path copy = volume.path().resolve("copy");

            AioFiles.copy(file, copy, COPY_ATTRIBUTES, AioOpenOption.DIRECT_IF_SUPPORTED)
                    .join();

            assertThat(mode(copy)).isEqualTo("600");
        }
    }

    @Test
    void writingInPlaceChangesNothing() throws IOException {
        Acl.set(file, SECRET_OF_GROUP);
        Xattr.set(file, "user.test", new byte[] {1});

        AioFiles.write(file, NEW).join();

        assertThat(Acl.of(file)).isEqualTo(SECRET_OF_GROUP);
        assertThat(Xattr.get(file, "user.test")).isPresent();
    }

    @ParameterizedTest
    @EnumSource
    void extendedAttributesAreCopied(Way way) throws IOException {
        byte[] value = {0, -1, 'x'};
        Xattr.set(file, "user.test", value);
        Xattr.set(file, "user.emp\u00e9ty", new byte[0]);
        Files.setAttribute(file, "unix:mode", 0400);
        if (Command.isRoot()) {
            Xattr.set(file, "trusted.test", value);
        }

        Path made = way.make(file);

        assertThat(Xattr.get(made, "user.test")).hasValue(value);
        assertThat(Xattr.get(made, "user.emp\u00e9ty")).hasValue(new byte[0]);
        assertThat(Xattr.get(made, "trusted.test").isPresent()).isEqualTo(Command.isRoot());
        assertThat(mode(made)).isEqualTo("400");
    }

    @Test
    void aRefusedExtendedAttributeDoesNotPreventTheOthers() throws IOException {
        byte[] tooLong = new byte[60_000];
        try (Volume volume = Volume.xfs(directory, 300)) {
            Path source = Files.write(volume.path().resolve("source"), NEW);
            for (String name : "0 a b z".split(" ")) {
                Xattr.set(source, "user." + name, name.getBytes(StandardCharsets.US_ASCII));
                Xattr.set(source, "user." + name + name, tooLong);
            }
            Path copy = directory.resolve("copy");

            AioFiles.copy(source, copy, COPY_ATTRIBUTES).join();

            for (String name : "0 a b z".split(" ")) {
                assertThat(Xattr.get(copy, "user." + name)).as(name).isPresent();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSetIdProgramOfAnotherUserIsKeptForRoot(Way way) throws IOException {
        Command.assumeRoot("can change the owner of files");
        Files.setAttribute(file, "unix:gid", 12345);
        Files.setAttribute(file, "unix:uid", 23456);
        Files.setAttribute(file, "unix:mode", 06755);

        Path made = way.make(file);

        assertThat(mode(made)).isEqualTo("6755");
        assertThat(Files.readAttributes(made, "unix:uid,gid"))
                .containsEntry("uid", 23456)
                .containsEntry("gid", 12345);
    }

    @ParameterizedTest
    @EnumSource
    void theGroupIsCopied(Way way) throws IOException {
        Object usual = Files.getAttribute(file, "unix:gid");
        Optional<Integer> another = anotherGroup((Integer) usual);
        assumeTrue(another.isPresent(), "this user is in one group only");
        Files.setAttribute(file, "unix:gid", another.get());
        Files.setAttribute(file, "unix:mode", 02660);

        Path made = way.make(file);

        assertThat(Files.getAttribute(made, "unix:gid")).isEqualTo(another.get());
        assertThat(mode(made)).isEqualTo("2660");
    }

    private static Optional<Integer> anotherGroup(int usual) throws IOException {
        return Command.isRoot()
                ? Optional.of(23456)
                : Stream.of(Command.succeed("id", "-G").strip().split(" "))
                        .map(Integer::valueOf)
                        .filter(group -> group != usual)
                        .findFirst();
    }

    @ParameterizedTest
    @EnumSource
    void capabilitiesSurviveReplacementAndAreNotCopied(Way way) throws IOException {
        Command.assumeRoot("can set capabilities");
        Command.assumeInstalled("setcap");
        Command.succeedOrSkip("setcap", "cap_net_raw+ep", file.toString());
        Files.setAttribute(file, "unix:mode", 0755);

        Path made = way.make(file);

        assertThat(Xattr.get(made, "security.capability").isPresent()).isEqualTo(way == Way.REPLACE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs", "overlay"})
    void eachFilesystemKeepsTheList(String type) throws IOException {
        try (Volume volume = volume(type)) {
            Path old = Files.write(volume.path().resolve("file"), NEW);
            Acl.set(old, SECRET_OF_GROUP);
            Acl.setDefault(volume.path(), "u::rwx,u:23456:rwx,g::rwx,m::rwx,o::rwx");
            for (Way way : Way.values()) {
                assertThat(Acl.of(way.make(old))).as(way.name()).isEqualTo(SECRET_OF_GROUP);
                Files.deleteIfExists(old.resolveSibling("copy"));
            }
        }
    }

    private Volume volume(String type) throws IOException {
        return switch (type) {
            case "ext4" -> Volume.ext4(directory, 16);
            case "xfs" -> Volume.xfs(directory, 300);
            case "btrfs" -> Volume.btrfs(directory);
            case "tmpfs" -> Volume.tmpfs(directory, 8);
            default -> Volume.overlay(directory, 32);
        };
    }

    @Test
    void theContentsAreReplaced() throws IOException {
        Acl.set(file, SECRET_OF_GROUP);
        assertThat(Way.REPLACE.make(file)).hasBinaryContent(NEW);
    }
}

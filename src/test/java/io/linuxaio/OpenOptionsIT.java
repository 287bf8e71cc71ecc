package io.linuxaio;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Architecture;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Opening with the options of {@code FileChannel.open}, but for direct I/O. */
@OnRealKernel
class OpenOptionsIT extends WithContext {
    private static final int O_ACCMODE = 03;
    private static final int O_APPEND = 02000;
    private static final int O_NONBLOCK = 04000;
    private static final int O_DSYNC = 010000;
    private static final int O_SYNC = 04010000;
    private static final int O_CLOEXEC = 02000000;

    private static final String CONTENTS = "contents";

    /** Returns all subsets of the options for access and creation. */
    static List<Set<StandardOpenOption>> combinations() {
        StandardOpenOption[] options = {READ, WRITE, APPEND, CREATE, CREATE_NEW, TRUNCATE_EXISTING};
        List<Set<StandardOpenOption>> all = new ArrayList<>();
        for (int bits = 0; bits < 1 << options.length; bits++) {
            Set<StandardOpenOption> subset = new TreeSet<>();
            for (int i = 0; i < options.length; i++) {
                if ((bits >> i & 1) != 0) {
                    subset.add(options[i]);
                }
            }
            all.add(subset);
        }
        return all;
    }

    /** The kinds of paths before they are opened. */
    enum Before {
        ABSENT,
        FILE,
        LINK_TO_FILE,
        LINK_TO_NOTHING,
        IN_MISSING_DIRECTORY
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void eachCombinationDoesWhatFileChannelDoes(Set<StandardOpenOption> options) throws IOException {
        for (Before before : Before.values()) {
            for (boolean follow : new boolean[] {true, false}) {
                Set<OpenOption> all = new HashSet<>(options);
                if (!follow) {
                    if (before == Before.ABSENT || before == Before.IN_MISSING_DIRECTORY) {
                        continue;
                    }
                    if (options.contains(CREATE_NEW)) {
                        // FileChannel ignores NOFOLLOW_LINKS beside CREATE_NEW, even if that has no effect: see
                        // aLinkIsRefusedWithNofollowLinks.
                        continue;
                    }
                    all.add(LinkOption.NOFOLLOW_LINKS);
                }
                String theirs = outcome("theirs", before, path -> FileChannel.open(path, all));
                assertThat(outcome("direct", before, path -> open(path, all)))
                        .as("direct, %s, %s", before, all)
                        .isEqualTo(theirs);
                all.add(AioOpenOption.BUFFERED);
                assertThat(outcome("buffered", before, path -> open(path, all)))
                        .as("buffered, %s, %s", before, all)
                        .isEqualTo(theirs);
            }
        }
    }

    /** Opens a file. */
    private interface Opener {
        AutoCloseable open(Path path) throws IOException;
    }

    private AioFile open(Path path, Set<OpenOption> options) throws IOException {
        return aio.open(path, options);
    }

    /** Returns the exception or the access as text, with the contents of the directory afterwards. */
    private String outcome(String name, Before before, Opener opener) throws IOException {
        Path parent = Files.createTempDirectory(directory, name);
        Path path = parent.resolve("file");
        switch (before) {
            case ABSENT -> {
                // Nothing to do.
            }
            case FILE -> Files.writeString(path, CONTENTS);
            case LINK_TO_FILE -> Files.createSymbolicLink(path, Files.writeString(parent.resolve("target"), CONTENTS));
            case LINK_TO_NOTHING -> Files.createSymbolicLink(path, parent.resolve("target"));
            case IN_MISSING_DIRECTORY -> path = parent.resolve("missing").resolve("file");
        }
        String what;
        try (AutoCloseable _ = opener.open(path)) {
            what = "opened " + (Descriptors.flags(path) & (O_ACCMODE | O_APPEND));
        } catch (AioException e) {
            // Ours for what has no exception of its own in java.nio.file.
            what = IOException.class.getName();
        } catch (Exception e) {
            what = e.getClass() == FileSystemException.class
                    ? IOException.class.getName()
                    : e.getClass().getName();
        }
        try (var left = Files.list(parent)) {
            for (Path each : left.sorted().toList()) {
                what += ", " + each.getFileName() + (Files.exists(each) ? "=" + Files.readString(each) : "=nothing");
            }
        }
        return what;
    }

    @Test
    void aRepeatedOptionCountsOnce() throws IOException {
        Path path = Files.createFile(directory.resolve("file"));

        try (AioFile file = aio.open(path, READ, READ);
                AioFile other = AioFile.open(path, WRITE, WRITE)) {
            assertThat(file.isOpen()).isTrue();
            assertThat(other.isOpen()).isTrue();
        }
    }

    @Test
    void theDescriptorHasExactlyTheRequestedFlags() throws IOException {
        assertThat(flags(READ)).isEqualTo(O_CLOEXEC | direct());
        assertThat(flags(READ, AioOpenOption.BUFFERED)).isEqualTo(O_CLOEXEC);
        assertThat(flags(READ, AioOpenOption.DIRECT_IF_SUPPORTED)).isEqualTo(O_CLOEXEC | direct());
        assertThat(flags(WRITE)).isEqualTo(O_CLOEXEC | direct() | 1);
        assertThat(flags(READ, WRITE, SPARSE)).isEqualTo(O_CLOEXEC | direct() | 2);
        assertThat(flags(APPEND)).isEqualTo(O_CLOEXEC | direct() | O_APPEND | 1);
        assertThat(flags(WRITE, DSYNC)).isEqualTo(O_CLOEXEC | direct() | O_DSYNC | 1);
        assertThat(flags(WRITE, SYNC)).isEqualTo(O_CLOEXEC | direct() | O_SYNC | 1);
        assertThat(flags(WRITE, DSYNC, SYNC)).isEqualTo(O_CLOEXEC | direct() | O_SYNC | 1);
        assertThat(flags(READ, LinkOption.NOFOLLOW_LINKS) & O_NONBLOCK).isZero();
    }

    private static int direct() {
        return Architecture.current().oDirect();
    }

    private int flags(OpenOption... options) throws IOException {
        Path path = Files.write(directory.resolve("flags"), new byte[1]);
        try (AioFile file = aio.open(path, options)) {
            assertThat(file.isDirect()).isEqualTo((Descriptors.flags(path) & direct()) != 0);
            // O_LARGEFILE, which the kernel adds and numbers differently on each architecture.
            int large = channelFlags(path) & ~(O_CLOEXEC | O_ACCMODE);
            return Descriptors.flags(path) & ~large;
        }
    }

    private int channelFlags(Path path) throws IOException {
        Path copy = Files.copy(path, directory.resolve("by-channel"));
        try (FileChannel _ = FileChannel.open(copy, READ)) {
            return Descriptors.flags(copy);
        } finally {
            Files.delete(copy);
        }
    }

    @Test
    void aNewFileHasTheRequestedPermissions() throws IOException {
        for (String permissions : List.of("rw-------", "rwxr-x---", "r--------")) {
            Path path = directory.resolve(permissions);
            FileAttribute<?> attribute =
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
            try (AioFile _ = aio.open(path, Set.of(WRITE, CREATE), attribute)) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo(permissions);
            }
        }
    }

    @Test
    void aNewFileHasThePermissionsOfFileChannelByDefault() throws IOException {
        Path theirs = directory.resolve("theirs");
        Path ours = directory.resolve("ours");

        try (FileChannel _ = FileChannel.open(theirs, WRITE, CREATE_NEW);
                AioFile _ = aio.open(ours, WRITE, CREATE_NEW)) {
            assertThat(Files.getPosixFilePermissions(ours)).isEqualTo(Files.getPosixFilePermissions(theirs));
        }
    }

    @Test
    void thePermissionsOfAnExistingFileAreKept() throws IOException {
        Path path = Files.createFile(directory.resolve("file"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        FileAttribute<?> others = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx"));

        try (AioFile _ = aio.open(path, Set.of(WRITE, CREATE), others)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-r-----");
        }
    }

    @Test
    void otherAttributesAreNotSupported() {
        FileAttribute<Long> size = new FileAttribute<>() {
            @Override
            public String name() {
                return "basic:size";
            }

            @Override
            public Long value() {
                return 1L;
            }
        };
        Path path = directory.resolve("file");

        assertThatThrownBy(() -> aio.open(path, Set.of(WRITE, CREATE), size))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("basic:size");
        assertThat(path).doesNotExist();
    }

    @Test
    void aLinkIsRefusedWithNofollowLinks() throws IOException {
        Path target = Files.writeString(directory.resolve("target"), CONTENTS);
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);

        assertThatThrownBy(() -> aio.open(link, READ, LinkOption.NOFOLLOW_LINKS))
                .isInstanceOf(AioException.class)
                .hasMessageContaining(link.toString())
                .hasMessageContaining("symbolic link")
                .hasMessageContaining("NOFOLLOW_LINKS");
        assertThatThrownBy(() -> aio.open(link, READ, CREATE_NEW, LinkOption.NOFOLLOW_LINKS))
                .isInstanceOf(AioException.class);
        try (AioFile file = aio.open(link, READ)) {
            assertThat(file.path()).isEqualTo(link);
        }
    }

    @Test
    void aDanglingLinkIsFollowedByCreate() throws IOException {
        Path target = directory.resolve("target");
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);

        try (AioFile _ = aio.open(link, WRITE, CREATE)) {
            assertThat(Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .isRegularFile())
                    .isTrue();
        }
        assertThat(link).isSymbolicLink();
    }

    @Test
    void accessThatWasNotRequestedIsRefused() throws IOException {
        Path path = Files.createFile(directory.resolve("file"));
        try (AioArena arena = AioArena.ofShared();
                AioFile reading = aio.open(path, READ);
                AioFile writing = aio.open(path, WRITE)) {
            MemorySegment block = arena.allocate(4096);
            MemorySegment[] blocks = {block};
            assertThatThrownBy(() -> reading.write(block, 0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reading.writev(blocks, 0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reading.setLength(0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reading.allocate(0, 1)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> writing.read(block, 0)).isInstanceOf(NonReadableChannelException.class);
            assertThatThrownBy(() -> writing.readv(blocks, 0)).isInstanceOf(NonReadableChannelException.class);
        }
    }

    @Test
    void contradictoryAndUnknownOptionsAreRefused() throws IOException {
        Path path = Files.writeString(directory.resolve("file"), CONTENTS);

        assertThatThrownBy(() -> aio.open(path, READ, AioOpenOption.BUFFERED, AioOpenOption.DIRECT_IF_SUPPORTED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("BUFFERED and DIRECT_IF_SUPPORTED");
        assertThatThrownBy(() -> aio.open(path, WRITE, StandardOpenOption.DELETE_ON_CLOSE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("DELETE_ON_CLOSE")
                .hasMessageContaining("delete the file");
        OpenOption unknown = new OpenOption() {
            @Override
            public String toString() {
                return "UNHEARD_OF";
            }
        };
        assertThatThrownBy(() -> aio.open(path, READ, unknown))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("UNHEARD_OF");
        assertThatThrownBy(() -> aio.open(path, READ, null)).isInstanceOf(NullPointerException.class);
        assertThat(path).hasContent(CONTENTS);
    }
}

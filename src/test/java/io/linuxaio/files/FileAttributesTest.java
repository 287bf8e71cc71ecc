package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.Statx;
import io.linuxaio.testing.Acl;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file that receives the attributes of another never grants more access, whatever the kernel refuses. */
class FileAttributesTest extends FakeKernelFixture {
    private static final int OWNER = 12;
    private static final int GROUP = 34;
    private static final int ALL_BITS = 07777;
    private static final byte[] VALUE = {1, 2, 3};
    private static final String LIST = "u::rw-,u:12345:r--,g::rw-,m::rw-,o::r--";

    private AioFile source;
    private AioFile target;

    @BeforeEach
    void openBoth() throws IOException {
        AioContext aio = open(2);
        source = aio.open(Path.of("/fake/source"), READ, WRITE, CREATE);
        target = aio.open(Path.of("/fake/target"), READ, WRITE, CREATE);
        kernel.fchmod(descriptor(target), 0600);
    }

    @AfterEach
    void closeBoth() throws IOException {
        source.close();
        target.close();
    }

    private static int descriptor(AioFile file) {
        return CoreAccess.core().descriptor(file);
    }

    private ExtendedAttributes extended(AioFile file) {
        return new ExtendedAttributes(kernel, descriptor(file));
    }

    private void set(AioFile file, String name) {
        assertThat(extended(file).set(name, VALUE)).isZero();
    }

    private void setList(AioFile file, String list) {
        assertThat(extended(file).set(AccessList.ATTRIBUTE, Acl.bytes(list))).isZero();
    }

    private void permit(int owner, int group, int mode) {
        kernel.fchown(descriptor(source), owner, group);
        kernel.fchmod(descriptor(source), mode);
    }

    private void give(boolean capabilities) throws IOException {
        FileAttributes.of(kernel, descriptor(source)).giveTo(target, capabilities);
    }

    private String mode() {
        return Integer.toOctalString(Statx.of(kernel, descriptor(target)).mode() & ALL_BITS);
    }

    private void assertOwned(int owner, int group) {
        Statx status = Statx.of(kernel, descriptor(target));
        assertThat(status.owner()).as("owner").isEqualTo(owner);
        assertThat(status.group()).as("group").isEqualTo(group);
    }

    private String listOfTarget() {
        ExtendedAttributes.Value value = extended(target).read(AccessList.ATTRIBUTE);
        return value.isPresent() ? Acl.text(value.bytes()) : "";
    }

    @Test
    void ownerGroupAndAllBitsOfTheModeAreGiven() throws IOException {
        permit(OWNER, GROUP, 07754);

        give(true);

        assertOwned(OWNER, GROUP);
        assertThat(mode()).isEqualTo("7754");
    }

    @ParameterizedTest
    @CsvSource({"07756, 1744", "0756, 744", "0765, 744", "02770, 700"})
    void withoutItsGroupAFileGrantsOnlyTheCommonPermissions(String from, String to) throws IOException {
        permit(0, GROUP, Integer.parseInt(from, 8));
        kernel.fail(FakeCall.FCHOWN, Errno.EPERM, 1);

        give(true);

        assertOwned(0, 0);
        assertThat(mode()).isEqualTo(to);
    }

    @Test
    void withoutItsOwnerAFileHasNoSetIdBits() throws IOException {
        permit(OWNER, 0, 07756);
        kernel.fail(FakeCall.FCHOWN, Errno.EPERM, 1);

        give(true);

        assertOwned(0, 0);
        assertThat(mode()).isEqualTo("1756");
    }

    @Test
    void theGroupIsGivenIfTheOwnerIsRefused() throws IOException {
        permit(OWNER, GROUP, 0640);
        // The owner comes last: a process that has given the file away may not change its group.
        kernel.fail(FakeCall.FCHOWN, 0, 1);
        kernel.fail(FakeCall.FCHOWN, Errno.EPERM, 1);

        give(true);

        assertOwned(0, GROUP);
        assertThat(mode()).isEqualTo("640");
    }

    @Test
    void attributesAreGivenExceptThoseOfTheSystemAndOfTheContents() throws IOException {
        for (String name : new String[] {
            "user.a", "trusted.b", "security.capability", "security.ima", "security.evm", "system.other", "user.z"
        }) {
            set(source, name);
        }

        give(false);
        assertThat(extended(target).all()).containsOnlyKeys("user.a", "trusted.b", "user.z");
        give(true);
        assertThat(extended(target).all()).containsOnlyKeys("user.a", "trusted.b", "user.z", "security.capability");
        assertThat(extended(target).all())
                .allSatisfy((name, value) -> assertThat(value).as(name).isEqualTo(VALUE));
    }

    @Test
    void aFileWithoutCapabilitiesGivesNone() throws IOException {
        give(true);

        assertThat(extended(target).all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"12, 0", "0, 34"})
    void capabilitiesAreNotGivenToAnotherOwnerOrGroup(int owner, int group) throws IOException {
        permit(owner, group, 0755);
        set(source, "security.capability");
        kernel.fail(FakeCall.FCHOWN, Errno.EPERM, 1);

        give(true);

        assertThat(extended(target).all()).isEmpty();
    }

    @Test
    void aRefusedAttributeDoesNotPreventTheOthers() throws IOException {
        set(source, "user.a");
        set(source, "user.b");
        kernel.fail(FakeCall.FSETXATTR, Errno.EPERM, 1);

        give(true);

        assertThat(extended(target).all()).containsOnlyKeys("user.b");
    }

    @Test
    void aListIsGivenWithItsMask() throws IOException {
        setList(source, LIST);
        permit(0, 0, 0664);

        give(true);

        assertThat(listOfTarget()).isEqualTo(LIST);
        assertThat(mode()).isEqualTo("664");
    }

    @Test
    void aListForAnotherGroupGrantsThatGroupNothing() throws IOException {
        setList(source, LIST);
        permit(0, GROUP, 0664);
        kernel.fail(FakeCall.FCHOWN, Errno.EPERM, 1);

        give(true);

        assertThat(listOfTarget()).isEqualTo("u::rw-,u:12345:r--,g::---,m::rw-,o::r--");
        assertThat(mode()).isEqualTo("664");
    }

    @ParameterizedTest
    @CsvSource({"0, 644", "34, 604"})
    void aFileThatCannotHaveAListGrantsNoMoreThanTheList(int group, String mode) throws IOException {
        setList(source, LIST);
        permit(0, group, 0664);
        kernel.fail(FakeCall.FCHOWN, Errno.EPERM, 1);
        kernel.fail(FakeCall.FSETXATTR, Errno.EOPNOTSUPP, 1);

        give(true);

        assertThat(listOfTarget()).isEmpty();
        assertThat(mode()).isEqualTo(mode);
    }

    @Test
    void aListThatTheTargetHasInheritedIsRemoved() throws IOException {
        permit(0, 0, 0664);
        setList(target, LIST);

        give(true);

        assertThat(listOfTarget()).isEmpty();
        assertThat(mode()).isEqualTo("664");
    }

    @Test
    void aListThatCannotBeRemovedHasAnEmptyMask() throws IOException {
        permit(0, 0, 0664);
        setList(target, LIST);
        kernel.fail(FakeCall.FREMOVEXATTR, Errno.EPERM, 1);

        give(true);

        assertThat(mode()).isEqualTo("604");
    }

    @ParameterizedTest
    @CsvSource({"EACCES, 744", "ENODATA, 756", "EOPNOTSUPP, 756"})
    void aListThatCannotBeReadMayHaveRestrictedTheGroup(String error, String mode) throws IOException {
        permit(0, 0, 0756);
        int errno = switch (error) {
            case "EACCES" -> Errno.EACCES;
            case "ENODATA" -> Errno.ENODATA;
            default -> Errno.EOPNOTSUPP;
        };
        kernel.fail(FakeCall.GETXATTR, errno, 1);

        give(true);

        assertThat(mode()).isEqualTo(mode);
    }

    @Test
    void aListOfAnUnknownFormMayHaveRestrictedTheGroup() throws IOException {
        set(source, AccessList.ATTRIBUTE);
        permit(0, 0, 0756);

        give(true);

        assertThat(mode()).isEqualTo("744");
    }

    @Test
    void aModeThatCannotBeSetFailsIfTheFileGrantsMore() throws IOException {
        permit(0, 0, 0640);
        kernel.fail(FakeCall.FCHMOD, Errno.EPERM, 1);
        give(true);
        assertThat(mode()).isEqualTo("600");

        kernel.fchmod(descriptor(target), 0604);
        kernel.fail(FakeCall.FCHMOD, Errno.EPERM, 1);
        assertThatThrownBy(() -> give(true))
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPERM))
                .hasMessageContaining("chmod")
                .hasMessageContaining("/fake/target");
    }

    @Test
    void aModeWithFewerBitsThanRequestedIsNoFailure() throws IOException {
        permit(0, 0, 0755);

        give(true);

        assertThat(mode()).isEqualTo("755");
    }

    @Test
    void aFileWhoseStatusCannotBeReadIsReported() {
        kernel.fail(FakeCall.STATX, Errno.EIO, 1);

        assertThatThrownBy(() -> give(true))
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO))
                .hasMessageContaining("statx")
                .hasMessageContaining("/proc/self/fd/" + descriptor(source));
    }

    @Test
    void theTargetIsNotChangedIfItsStatusCannotBeRead() throws IOException {
        permit(0, 0, 0755);
        FileAttributes attributes = FileAttributes.of(kernel, descriptor(source));
        kernel.fail(FakeCall.STATX, Errno.EIO, 1);

        assertThatThrownBy(() -> attributes.giveTo(target, true)).isInstanceOf(AioException.class);
        assertThat(mode()).isEqualTo("600");
    }

    @Test
    void aCopyWithoutAttributesHasNoSetIdBitsAndNoMoreThanTheList() throws IOException {
        permit(OWNER, GROUP, 06754);
        assertThat(PosixFilePermissions.toString(FileAttributes.permissions(source)))
                .isEqualTo("rwxr-xr--");

        setList(source, LIST);
        assertThat(PosixFilePermissions.toString(FileAttributes.permissions(source)))
                .isEqualTo("rw-r--r--");
    }
}

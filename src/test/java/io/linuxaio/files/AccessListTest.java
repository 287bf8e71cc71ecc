package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Acl;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessListTest {
    private static AccessList list(String text) {
        return AccessList.of(Acl.bytes(text)).orElseThrow();
    }

    @Test
    void aListKeepsItsBytes() {
        String text = "u::rw-,u:12345:r--,g::---,g:23456:--x,m::rw-,o::--x";
        assertThat(Acl.text(list(text).bytes())).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "u::rw-,g::r--,o::--- 640",
                "u::rw-,u:1:rw-,g::---,m::rw-,o::--- 660",
                "u::r--,u:1:rw-,g::rwx,m::-w-,o::--x 421"
            })
    void theModeHasTheMaskForTheGroup(String list, String mode) {
        assertThat(Integer.toOctalString(list(list).permissions())).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "u::rw-,g::r--,o::--- 640",
                "u::rw-,u:1:rw-,g::---,m::rw-,o::--- 600",
                // The mask bounds the group.
                "u::rw-,u:1:r--,g::rwx,m::r--,o::r-- 644",
                // Without the list, a user without read permission counts as the group or as others.
                "u::rw-,u:1:---,g::r--,m::r--,o::r-- 600",
                "u::rw-,u:1:r--,u:2:-w-,g::rwx,m::rwx,o::rwx 600",
                // A group that may not read: its members may be others, but not of the file's group alone.
                "u::rw-,g::r--,g:1:---,m::r--,o::r-- 640",
                // The mask's restriction of a user disappears with the list.
                "u::rw-,u:1:rwx,g::r--,m::r--,o::rwx 644"
            })
    void removingTheListGrantsNothing(String list, String mode) {
        assertThat(Integer.toOctalString(list(list).permissionsWithoutList())).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "u::rw-,u:1:r--,g::rw-,m::rw-,o::r-- u::rw-,u:1:r--,g::---,m::rw-,o::r--",
                "u::rw-,u:1:r--,g::---,m::rw-,o::r-- u::rw-,u:1:r--,g::---,m::rw-,o::---",
                "u::rw-,u:1:r--,g::rwx,m::--x,o::rwx u::rw-,u:1:r--,g::---,m::--x,o::--x"
            })
    void anotherGroupGainsNoPermission(String list, String expected) {
        AccessList old = list(list);
        assertThat(Acl.text(old.forAnotherGroup().bytes())).isEqualTo(expected);
        assertThat(Acl.text(old.bytes())).isEqualTo(list);
    }

    @Test
    void malformedListsAreRejected() {
        byte[] good = Acl.bytes("u::rw-,g::r--,o::---");
        byte[] otherVersion = good.clone();
        otherVersion[0] = 3;
        assertThat(AccessList.of(otherVersion)).isEmpty();
        assertThat(AccessList.of(new byte[0])).isEmpty();
        assertThat(AccessList.of(Arrays.copyOf(good, 4))).isEmpty();
        assertThat(AccessList.of(Arrays.copyOf(good, good.length - 1))).isEmpty();
        assertThat(AccessList.of(Arrays.copyOf(good, good.length - 8))).isEmpty();
    }
}

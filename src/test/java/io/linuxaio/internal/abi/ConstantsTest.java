package io.linuxaio.internal.abi;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Architecture;
import io.linuxaio.internal.kernel.KernelHeaders;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The constants of the generated bindings, with the same values on every supported architecture. */
class ConstantsTest {
    private static final String EXPECTED = """
            IOCB_CMD_PREAD 0, IOCB_CMD_PWRITE 1, IOCB_CMD_FSYNC 2, IOCB_CMD_FDSYNC 3, IOCB_CMD_POLL 5
            IOCB_CMD_NOOP 6, IOCB_CMD_PREADV 7, IOCB_CMD_PWRITEV 8
            IOCB_FLAG_RESFD 0x1, IOCB_FLAG_IOPRIO 0x2
            RWF_HIPRI 0x1, RWF_DSYNC 0x2, RWF_SYNC 0x4, RWF_NOWAIT 0x8, RWF_APPEND 0x10
            SEEK_DATA 3, SEEK_HOLE 4
            O_RDONLY 0x0, O_WRONLY 0x1, O_RDWR 0x2, O_CREAT 0x40, O_EXCL 0x80, O_TRUNC 0x200, O_APPEND 0x400
            O_NONBLOCK 0x800, O_DSYNC 0x1000, O_SYNC 0x101000, O_CLOEXEC 0x80000
            F_GETFL 3, F_SETFL 4
            AT_FDCWD -100, AT_EMPTY_PATH 0x1000, AT_SYMLINK_NOFOLLOW 0x100, AT_STATX_SYNC_AS_STAT 0x0
            AT_STATX_FORCE_SYNC 0x2000, AT_STATX_DONT_SYNC 0x4000, AT_STATX_SYNC_TYPE 0x6000
            STATX_TYPE 0x1, STATX_MODE 0x2, STATX_INO 0x100, STATX_SIZE 0x200, STATX_BLOCKS 0x400
            STATX_BASIC_STATS 0x7ff, STATX_BTIME 0x800, STATX_DIOALIGN 0x2000
            STATX_ATTR_COMPRESSED 0x4, STATX_ATTR_IMMUTABLE 0x10, STATX_ATTR_APPEND 0x20, STATX_ATTR_NODUMP 0x40
            STATX_ATTR_ENCRYPTED 0x800, STATX_ATTR_AUTOMOUNT 0x1000, STATX_ATTR_MOUNT_ROOT 0x2000
            STATX_ATTR_VERITY 0x100000, STATX_ATTR_DAX 0x200000
            S_IFMT 0170000, S_IFSOCK 0140000, S_IFLNK 0120000, S_IFREG 0100000, S_IFBLK 060000, S_IFDIR 040000
            S_IFCHR 020000, S_IFIFO 010000
            FALLOC_FL_KEEP_SIZE 0x1, FALLOC_FL_PUNCH_HOLE 0x2, FALLOC_FL_ZERO_RANGE 0x10
            EFD_SEMAPHORE 0x1, EFD_CLOEXEC 0x80000, EFD_NONBLOCK 0x800
            POLLIN 1
            EPERM 1, ENOENT 2, ESRCH 3, EINTR 4, EIO 5, ENXIO 6, E2BIG 7, ENOEXEC 8, EBADF 9, ECHILD 10
            EWOULDBLOCK 11, EAGAIN 11, ENOMEM 12, EACCES 13, EFAULT 14, ENOTBLK 15, EBUSY 16, EEXIST 17
            EXDEV 18, ENODEV 19, ENOTDIR 20, EISDIR 21, EINVAL 22, ENFILE 23, EMFILE 24, ENOTTY 25, ETXTBSY 26
            EFBIG 27, ENOSPC 28, ESPIPE 29, EROFS 30, EMLINK 31, EPIPE 32, EDOM 33, ERANGE 34, EDEADLK 35
            ENAMETOOLONG 36, ENOLCK 37, ENOSYS 38, ENOTEMPTY 39, ELOOP 40, ENOMSG 42, EIDRM 43, ECHRNG 44
            EL2NSYNC 45, EL3HLT 46, EL3RST 47, ELNRNG 48, EUNATCH 49, ENOCSI 50, EL2HLT 51, EBADE 52, EBADR 53
            EXFULL 54, ENOANO 55, EBADRQC 56, EBADSLT 57, EBFONT 59, ENOSTR 60, ENODATA 61, ETIME 62, ENOSR 63
            ENONET 64, ENOPKG 65, EREMOTE 66, ENOLINK 67, EADV 68, ESRMNT 69, ECOMM 70, EPROTO 71, EMULTIHOP 72
            EDOTDOT 73, EBADMSG 74, EOVERFLOW 75, ENOTUNIQ 76, EBADFD 77, EREMCHG 78, ELIBACC 79, ELIBBAD 80
            ELIBSCN 81, ELIBMAX 82, ELIBEXEC 83, EILSEQ 84, ERESTART 85, ESTRPIPE 86, EUSERS 87, ENOTSOCK 88
            EDESTADDRREQ 89, EMSGSIZE 90, EPROTOTYPE 91, ENOPROTOOPT 92, EPROTONOSUPPORT 93, ESOCKTNOSUPPORT 94
            EOPNOTSUPP 95, EPFNOSUPPORT 96, EAFNOSUPPORT 97, EADDRINUSE 98, EADDRNOTAVAIL 99, ENETDOWN 100
            ENETUNREACH 101, ENETRESET 102, ECONNABORTED 103, ECONNRESET 104, ENOBUFS 105, EISCONN 106
            ENOTCONN 107, ESHUTDOWN 108, ETOOMANYREFS 109, ETIMEDOUT 110, ECONNREFUSED 111, EHOSTDOWN 112
            EHOSTUNREACH 113, EALREADY 114, EINPROGRESS 115, ESTALE 116, EUCLEAN 117, ENOTNAM 118, ENAVAIL 119
            EISNAM 120, EREMOTEIO 121, EDQUOT 122, ENOMEDIUM 123, EMEDIUMTYPE 124, ECANCELED 125, ENOKEY 126
            EKEYEXPIRED 127, EKEYREVOKED 128, EKEYREJECTED 129, EOWNERDEAD 130, ENOTRECOVERABLE 131, ERFKILL 132
            EHWPOISON 133
            """;

    @Test
    void constantsHaveTheValuesOfTheKernel() throws ReflectiveOperationException {
        Map<String, Integer> expected = Arrays.stream(EXPECTED.split("[,\\n]"))
                .map(pair -> pair.strip().split(" "))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Integer.decode(pair[1])));

        assertThat(generated()).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @ParameterizedTest
    @EnumSource
    void constantsAreTheSameOnEveryArchitecture(Architecture architecture) throws Exception {
        Map<String, Integer> generated = generated();
        // Constants of an enum, and of the C library in terms of O_CLOEXEC and O_NONBLOCK: no macros of the kernel.
        TreeSet<String> macros = new TreeSet<>(generated.keySet());
        macros.removeIf(name -> name.startsWith("IOCB_CMD_") || name.startsWith("EFD_"));

        Map<String, Integer> kernels = KernelHeaders.installedFor(architecture).values(macros);

        generated.keySet().retainAll(macros);
        assertThat(kernels).containsExactlyInAnyOrderEntriesOf(generated);
    }

    @Test
    void eventfdFlagsEqualThoseOfOpen() {
        assertThat(Abi.EFD_CLOEXEC()).isEqualTo(Abi.O_CLOEXEC());
        assertThat(Abi.EFD_NONBLOCK()).isEqualTo(Abi.O_NONBLOCK());
    }

    @Test
    void architectureSpecificConstantsAreNotAmongThem() throws ReflectiveOperationException {
        assertThat(generated())
                .doesNotContainKeys("O_DIRECT", "O_DIRECTORY", "O_NOFOLLOW", "O_LARGEFILE", "O_TMPFILE", "EDEADLOCK");
    }

    private static Map<String, Integer> generated() throws ReflectiveOperationException {
        Map<String, Integer> constants = new TreeMap<>();
        for (Method method : Abi.class.getDeclaredMethods()) {
            if (Modifier.isStatic(method.getModifiers())
                    && method.getParameterCount() == 0
                    && method.getReturnType().isPrimitive()) {
                constants.put(method.getName(), (Integer) method.invoke(null));
            }
        }
        return constants;
    }
}

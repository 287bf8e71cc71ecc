/*
 * What jextract reads to generate io.linuxaio.internal.abi.
 *
 * The structures come from the kernel's own headers, where struct iocb is flat: libaio.h nests the same 64 bytes
 * in unions, and each access through them would cost two slices. The functions come from libaio.h.
 */
#include <stddef.h>

#include <linux/aio_abi.h>
#include <linux/errno.h>
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/stat.h>
#include <linux/uio.h>

#include <sys/eventfd.h>

/* libaio.h declares its own structures under the kernel's names: give them others. */
#define iocb libaio_iocb
#define io_event libaio_io_event
#include <libaio.h>
#undef iocb
#undef io_event

/*
 * jextract stops where one of these fails. They hold on every 64-bit little-endian Linux; a big-endian one has
 * aio_key and aio_rw_flags the other way round and would need bindings of its own.
 */
_Static_assert(sizeof(void *) == 8, "64-bit pointers");
_Static_assert(sizeof(long) == 8, "64-bit long");
_Static_assert(sizeof(io_context_t) == 8, "a context is the address of its ring");
_Static_assert(sizeof(aio_context_t) == 8, "the kernel's view of a context");

_Static_assert(sizeof(struct iocb) == 64, "struct iocb");
_Static_assert(offsetof(struct iocb, aio_data) == 0, "iocb.aio_data");
_Static_assert(offsetof(struct iocb, aio_key) == 8, "iocb.aio_key");
_Static_assert(offsetof(struct iocb, aio_rw_flags) == 12, "iocb.aio_rw_flags");
_Static_assert(offsetof(struct iocb, aio_lio_opcode) == 16, "iocb.aio_lio_opcode");
_Static_assert(offsetof(struct iocb, aio_reqprio) == 18, "iocb.aio_reqprio");
_Static_assert(offsetof(struct iocb, aio_fildes) == 20, "iocb.aio_fildes");
_Static_assert(offsetof(struct iocb, aio_buf) == 24, "iocb.aio_buf");
_Static_assert(offsetof(struct iocb, aio_nbytes) == 32, "iocb.aio_nbytes");
_Static_assert(offsetof(struct iocb, aio_offset) == 40, "iocb.aio_offset");
_Static_assert(offsetof(struct iocb, aio_reserved2) == 48, "iocb.aio_reserved2");
_Static_assert(offsetof(struct iocb, aio_flags) == 56, "iocb.aio_flags");
_Static_assert(offsetof(struct iocb, aio_resfd) == 60, "iocb.aio_resfd");

_Static_assert(sizeof(struct io_event) == 32, "struct io_event");
_Static_assert(offsetof(struct io_event, data) == 0, "io_event.data");
_Static_assert(offsetof(struct io_event, obj) == 8, "io_event.obj");
_Static_assert(offsetof(struct io_event, res) == 16, "io_event.res");
_Static_assert(offsetof(struct io_event, res2) == 24, "io_event.res2");

/* libaio's functions are handed the kernel's structures: both views must be of the same bytes. */
_Static_assert(sizeof(struct libaio_iocb) == sizeof(struct iocb), "libaio's struct iocb");
_Static_assert(offsetof(struct libaio_iocb, data) == offsetof(struct iocb, aio_data), "libaio's iocb.data");
_Static_assert(offsetof(struct libaio_iocb, key) == offsetof(struct iocb, aio_key), "libaio's iocb.key");
_Static_assert(offsetof(struct libaio_iocb, aio_rw_flags) == offsetof(struct iocb, aio_rw_flags),
               "libaio's iocb.aio_rw_flags");
_Static_assert(offsetof(struct libaio_iocb, aio_lio_opcode) == offsetof(struct iocb, aio_lio_opcode),
               "libaio's iocb.aio_lio_opcode");
_Static_assert(offsetof(struct libaio_iocb, aio_reqprio) == offsetof(struct iocb, aio_reqprio),
               "libaio's iocb.aio_reqprio");
_Static_assert(offsetof(struct libaio_iocb, aio_fildes) == offsetof(struct iocb, aio_fildes),
               "libaio's iocb.aio_fildes");
_Static_assert(offsetof(struct libaio_iocb, u.c.buf) == offsetof(struct iocb, aio_buf), "libaio's iocb.u.c.buf");
_Static_assert(offsetof(struct libaio_iocb, u.c.nbytes) == offsetof(struct iocb, aio_nbytes),
               "libaio's iocb.u.c.nbytes");
_Static_assert(offsetof(struct libaio_iocb, u.c.offset) == offsetof(struct iocb, aio_offset),
               "libaio's iocb.u.c.offset");
_Static_assert(offsetof(struct libaio_iocb, u.c.flags) == offsetof(struct iocb, aio_flags), "libaio's iocb.u.c.flags");
_Static_assert(offsetof(struct libaio_iocb, u.c.resfd) == offsetof(struct iocb, aio_resfd), "libaio's iocb.u.c.resfd");
_Static_assert(sizeof(struct libaio_io_event) == sizeof(struct io_event), "libaio's struct io_event");
_Static_assert(offsetof(struct libaio_io_event, data) == offsetof(struct io_event, data), "libaio's io_event.data");
_Static_assert(offsetof(struct libaio_io_event, obj) == offsetof(struct io_event, obj), "libaio's io_event.obj");
_Static_assert(offsetof(struct libaio_io_event, res) == offsetof(struct io_event, res), "libaio's io_event.res");
_Static_assert(offsetof(struct libaio_io_event, res2) == offsetof(struct io_event, res2), "libaio's io_event.res2");

_Static_assert(sizeof(struct iovec) == 16, "struct iovec");
_Static_assert(offsetof(struct iovec, iov_base) == 0, "iovec.iov_base");
_Static_assert(offsetof(struct iovec, iov_len) == 8, "iovec.iov_len");

_Static_assert(sizeof(struct timespec) == 16, "struct timespec");
_Static_assert(offsetof(struct timespec, tv_sec) == 0, "timespec.tv_sec");
_Static_assert(offsetof(struct timespec, tv_nsec) == 8, "timespec.tv_nsec");

_Static_assert(sizeof(struct statx_timestamp) == 16, "struct statx_timestamp");
_Static_assert(offsetof(struct statx_timestamp, tv_sec) == 0, "statx_timestamp.tv_sec");
_Static_assert(offsetof(struct statx_timestamp, tv_nsec) == 8, "statx_timestamp.tv_nsec");

_Static_assert(sizeof(struct statx) == 256, "struct statx");
_Static_assert(offsetof(struct statx, stx_mask) == 0, "statx.stx_mask");
_Static_assert(offsetof(struct statx, stx_blksize) == 4, "statx.stx_blksize");
_Static_assert(offsetof(struct statx, stx_attributes) == 8, "statx.stx_attributes");
_Static_assert(offsetof(struct statx, stx_mode) == 28, "statx.stx_mode");
_Static_assert(offsetof(struct statx, stx_ino) == 32, "statx.stx_ino");
_Static_assert(offsetof(struct statx, stx_size) == 40, "statx.stx_size");
_Static_assert(offsetof(struct statx, stx_blocks) == 48, "statx.stx_blocks");
_Static_assert(offsetof(struct statx, stx_attributes_mask) == 56, "statx.stx_attributes_mask");
_Static_assert(offsetof(struct statx, stx_btime) == 80, "statx.stx_btime");
_Static_assert(offsetof(struct statx, stx_rdev_major) == 128, "statx.stx_rdev_major");
_Static_assert(offsetof(struct statx, stx_rdev_minor) == 132, "statx.stx_rdev_minor");
_Static_assert(offsetof(struct statx, stx_dev_major) == 136, "statx.stx_dev_major");
_Static_assert(offsetof(struct statx, stx_dev_minor) == 140, "statx.stx_dev_minor");
_Static_assert(offsetof(struct statx, stx_dio_mem_align) == 152, "statx.stx_dio_mem_align (kernel headers of 6.1)");
_Static_assert(offsetof(struct statx, stx_dio_offset_align) == 156, "statx.stx_dio_offset_align");

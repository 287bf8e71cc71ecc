/*
 * What Linux AIO costs without Java: the reference that the variants of linux-aio are set against.
 *
 *     aio_bench measure|latency|check VARIANT name=value...
 *
 * VARIANT: c-batch (all free places in one io_submit), c-one (each operation as soon as its place is free), both with
 * threads=N of which each has a context and an even share of the depth; c-threads (as many threads as the depth says, each
 * with a context of its own and one operation at a time). With -ring behind it,
 * completions are taken from the ring in user space where there are some, and io_getevents only waits.
 *
 * Arguments, positions, buffers, passes and the line of JSON that is printed are those of io.linuxaio.bench.VariantMain;
 * what differs is the language. The system calls are called without libaio: its functions do nothing else, and so
 * nothing but a C compiler and the kernel's headers is needed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/aio_abi.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    ALIGNMENT = 4096,
    CACHE_LINES = 128,
    MOST_WINDOWS = 1000,
    MOST_WARM_UPS = 10,
    MOST_THREADS = 256,
    CHECK_MILLIS = 300
};

static const int64_t CHECKED_BYTES = 16 << 20;
static const uint64_t STEP = 0x9E3779B97F4A7C15u;
static const uint64_t PREFILLED = UINT64_C(1) << 56;
static const uint64_t WRITTEN = UINT64_C(2) << 56;
static const int64_t IDLE = -1;

enum pass { MEASURE, LATENCY, CHECK };

struct workload {
    char path[4096];
    int64_t size;
    int64_t block;
    int64_t depth;
    int64_t threads;
    bool reads;
    bool random;
    bool direct;
    int64_t warmup_ms;
    int64_t warmup_operations;
    int64_t window_ms;
    int64_t windows;
    uint64_t seed;
};

/* The head of the mapping that io_setup makes (fs/aio.c, struct aio_ring): the events follow. */
struct ring {
    uint32_t id;
    uint32_t count;
    _Atomic uint32_t head;
    _Atomic uint32_t tail;
    uint32_t magic;
    uint32_t compat_features;
    uint32_t incompat_features;
    uint32_t header_length;
    struct io_event events[];
};

static const uint32_t RING_MAGIC = 0xa10a10a1;

/* One thread's share: a context, buffers, positions, counters. */
struct lane {
    aio_context_t context;
    int64_t slots;
    int64_t number;
    int64_t lanes;
    uint64_t state;
    char *buffers;
    struct iocb *iocbs;
    struct iocb **pointers;
    struct io_event *events;
    int64_t *free_slots;
    int64_t free_count;
    int64_t in_flight;
    int64_t operations;
    int64_t *positions; /* of what is in flight, when checking */
    bool *written; /* which blocks were, when checking */
    int64_t *started; /* when, in nanoseconds, when timing */
    uint32_t *times; /* of operations, in nanoseconds, when timing */
    int64_t times_count;
    int64_t times_room;
} __attribute__((aligned(CACHE_LINES)));

struct usage {
    int64_t wall;
    int64_t processor;
    int64_t switches;
};

static struct workload workload;
static enum pass pass;
static bool batches;
static bool from_ring;
static int file;
static int64_t stride;
static int64_t blocks;
static _Alignas(CACHE_LINES) atomic_bool stopped;

/* Says what is wrong, as the Java side does, and ends. */
static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *at = text; *at != 0; at++) {
        if (*at == '"' || *at == '\\' || (unsigned char) *at < ' ') {
            *at = '\'';
        }
    }
    printf("{\"error\":\"%s\"}\n", text);
    fflush(stdout);
    _exit(1);
}

static void *allocate(size_t bytes) {
    void *memory;
    size_t whole = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (posix_memalign(&memory, ALIGNMENT, whole) != 0) {
        fail("no memory for %zu bytes", bytes);
    }
    memset(memory, 0, whole);
    return memory;
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int64_t nanos(struct timeval time) {
    return time.tv_sec * INT64_C(1000000000) + time.tv_usec * INT64_C(1000);
}

static struct usage used(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        fail("getrusage: %s", strerror(errno));
    }
    return (struct usage) {now(), nanos(usage.ru_utime) + nanos(usage.ru_stime), usage.ru_nvcsw + usage.ru_nivcsw};
}

/* SplitMix64's finalizer. */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int64_t next_position(struct lane *lane) {
    if (workload.random) {
        lane->state += STEP;
        return (int64_t) (((unsigned __int128) mix(lane->state) * (uint64_t) blocks) >> 64) * workload.block;
    }
    int64_t block = (int64_t) (lane->state % (uint64_t) blocks);
    lane->state += (uint64_t) lane->lanes;
    return block * workload.block;
}

static uint64_t word(uint64_t salt, int64_t position) {
    return salt ^ ((uint64_t) position + 1) * STEP;
}

static void fill(char *block, uint64_t salt, int64_t position) {
    uint64_t *words = (uint64_t *) block;
    for (int64_t i = 0; i < workload.block / 8; i++) {
        words[i] = word(salt, position + i * 8);
    }
}

static void check(const char *block, uint64_t salt, int64_t position) {
    const uint64_t *words = (const uint64_t *) block;
    for (int64_t i = 0; i < workload.block / 8; i++) {
        if (words[i] != word(salt, position + i * 8)) {
            fail("wrong data at byte %" PRId64 " of the file", position + i * 8);
        }
    }
}

static char *buffer(struct lane *lane, int64_t slot) {
    return lane->buffers + slot * stride;
}

static void starts(struct lane *lane, int64_t slot, int64_t position) {
    if (pass == LATENCY) {
        lane->started[slot] = now();
    } else if (pass == CHECK) {
        if (lane->positions[slot] != IDLE) {
            fail("two operations at once use the buffer of slot %" PRId64, slot);
        }
        lane->positions[slot] = position;
        if (workload.reads) {
            memset(buffer(lane, slot), 0, (size_t) workload.block);
        } else {
            fill(buffer(lane, slot), WRITTEN, position);
        }
    }
}

static void ended(struct lane *lane, int64_t slot) {
    if (pass == LATENCY) {
        if (lane->times_count == lane->times_room) {
            lane->times_room = lane->times_room == 0 ? 1 << 20 : 2 * lane->times_room;
            lane->times = realloc(lane->times, (size_t) lane->times_room * sizeof *lane->times);
            if (lane->times == NULL) {
                fail("no memory for latencies");
            }
        }
        int64_t time = now() - lane->started[slot];
        lane->times[lane->times_count++] = time > UINT32_MAX ? UINT32_MAX : (uint32_t) time;
    } else if (pass == CHECK) {
        int64_t position = lane->positions[slot];
        if (position == IDLE) {
            fail("an operation of slot %" PRId64 " ended that was never started", slot);
        }
        lane->positions[slot] = IDLE;
        if (workload.reads) {
            check(buffer(lane, slot), PREFILLED, position);
        } else {
            lane->written[position / workload.block] = true;
        }
    }
}

static void prepare(struct lane *lane, int64_t slot) {
    struct iocb *iocb = &lane->iocbs[slot];
    int64_t position = next_position(lane);
    starts(lane, slot, position);
    memset(iocb, 0, sizeof *iocb);
    iocb->aio_data = (uint64_t) slot;
    iocb->aio_lio_opcode = workload.reads ? IOCB_CMD_PREAD : IOCB_CMD_PWRITE;
    iocb->aio_fildes = (uint32_t) file;
    iocb->aio_buf = (uint64_t) (uintptr_t) buffer(lane, slot);
    iocb->aio_nbytes = (uint64_t) workload.block;
    iocb->aio_offset = position;
}

static void submit(struct lane *lane, int64_t count) {
    int64_t done = 0;
    while (done < count) {
        long answer = syscall(SYS_io_submit, lane->context, (long) (count - done), lane->pointers + done);
        if (answer < 0 && errno != EAGAIN && errno != EINTR) {
            fail("io_submit: %s", strerror(errno));
        }
        done += answer > 0 ? answer : 0;
    }
    lane->in_flight += count;
}

/* Takes what is there without a system call. */
static int64_t take_from_ring(struct lane *lane) {
    struct ring *ring = (struct ring *) (uintptr_t) lane->context;
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    int64_t taken = 0;
    while (head != tail && taken < lane->slots) {
        lane->events[taken++] = ring->events[head];
        head = head + 1 == ring->count ? 0 : head + 1;
    }
    if (taken > 0) {
        atomic_store_explicit(&ring->head, head, memory_order_release);
    }
    return taken;
}

static int64_t take(struct lane *lane) {
    if (from_ring) {
        int64_t taken = take_from_ring(lane);
        if (taken > 0) {
            return taken;
        }
    }
    long answer;
    do {
        answer = syscall(SYS_io_getevents, lane->context, 1L, (long) lane->slots, lane->events, NULL);
    } while (answer < 0 && errno == EINTR);
    if (answer < 0) {
        fail("io_getevents: %s", strerror(errno));
    }
    return answer;
}

static void submit_one(struct lane *lane, int64_t slot) {
    prepare(lane, slot);
    lane->pointers[0] = &lane->iocbs[slot];
    submit(lane, 1);
}

/* Takes what has ended; one by one, starts the next operation for each. */
static void reap(struct lane *lane) {
    int64_t count = take(lane);
    for (int64_t i = 0; i < count; i++) {
        int64_t slot = (int64_t) lane->events[i].data;
        int64_t result = lane->events[i].res;
        if (result != workload.block) {
            fail("an operation of %" PRId64 " bytes ended with %" PRId64, workload.block, result);
        }
        lane->in_flight--;
        lane->operations++;
        ended(lane, slot);
        if (batches) {
            lane->free_slots[lane->free_count++] = slot;
        } else if (!atomic_load_explicit(&stopped, memory_order_relaxed)) {
            submit_one(lane, slot);
        }
    }
}

static void run_batches(struct lane *lane) {
    while (!atomic_load_explicit(&stopped, memory_order_relaxed)) {
        int64_t count = 0;
        while (lane->free_count > 0) {
            int64_t slot = lane->free_slots[--lane->free_count];
            prepare(lane, slot);
            lane->pointers[count++] = &lane->iocbs[slot];
        }
        submit(lane, count);
        reap(lane);
    }
}

static void *run_lane(void *argument) {
    struct lane *lane = argument;
    lane->operations = 0;
    if (batches) {
        run_batches(lane);
    } else {
        for (int64_t slot = 0; slot < lane->slots; slot++) {
            submit_one(lane, slot);
        }
    }
    while (lane->in_flight > 0) {
        reap(lane);
    }
    return NULL;
}

static void *stop_later(void *argument) {
    int64_t millis = *(int64_t *) argument;
    struct timespec time = {millis / 1000, millis % 1000 * 1000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &time) == EINTR) {
    }
    atomic_store(&stopped, true);
    return NULL;
}

static void start(pthread_t *thread, void *(*body)(void *), void *argument) {
    int error = pthread_create(thread, NULL, body, argument);
    if (error != 0) {
        fail("pthread_create: %s", strerror(error));
    }
}

/* Runs all lanes for so long and answers how many operations ended. */
static int64_t run(struct lane *lanes, int64_t count, int64_t millis) {
    pthread_t timer;
    pthread_t threads[MOST_THREADS];
    int64_t operations = 0;
    atomic_store(&stopped, false);
    start(&timer, stop_later, &millis);
    if (count == 1) {
        run_lane(&lanes[0]);
    } else {
        for (int64_t i = 0; i < count; i++) {
            start(&threads[i], run_lane, &lanes[i]);
        }
        for (int64_t i = 0; i < count; i++) {
            pthread_join(threads[i], NULL);
        }
    }
    pthread_join(timer, NULL);
    for (int64_t i = 0; i < count; i++) {
        operations += lanes[i].operations;
    }
    if (operations == 0) {
        fail("not one operation ended in %" PRId64 " ms", millis);
    }
    return operations;
}

static void open_lane(struct lane *lane, int64_t number, int64_t lanes, int64_t slots) {
    lane->number = number;
    lane->lanes = lanes;
    lane->slots = slots;
    lane->free_count = slots;
    lane->buffers = allocate((size_t) (slots * stride));
    lane->iocbs = allocate((size_t) slots * sizeof *lane->iocbs);
    lane->pointers = allocate((size_t) slots * sizeof *lane->pointers);
    lane->events = allocate((size_t) slots * sizeof *lane->events);
    lane->free_slots = allocate((size_t) slots * sizeof *lane->free_slots);
    lane->positions = allocate((size_t) slots * sizeof *lane->positions);
    lane->started = allocate((size_t) slots * sizeof *lane->started);
    lane->written = allocate((size_t) blocks * sizeof *lane->written);
    for (int64_t i = 0; i < slots; i++) {
        lane->free_slots[i] = i;
        lane->positions[i] = IDLE;
        fill(buffer(lane, i), WRITTEN, i * stride);
    }
    if (syscall(SYS_io_setup, (unsigned) slots, &lane->context) != 0) {
        fail("io_setup of %" PRId64 ": %s", slots, strerror(errno));
    }
    struct ring *ring = (struct ring *) (uintptr_t) lane->context;
    if (from_ring && (ring->magic != RING_MAGIC || ring->incompat_features != 0)) {
        fail("the ring of this kernel is not the one that is known");
    }
}

/* Sets the positions back to where a run begins. */
static void rewind_lane(struct lane *lane) {
    lane->state = workload.random ? mix(workload.seed + (uint64_t) lane->number) : (uint64_t) lane->number;
}

static int64_t timed(struct lane *lanes, int64_t count, int64_t millis) {
    for (int64_t i = 0; i < count; i++) {
        rewind_lane(&lanes[i]);
    }
    return run(lanes, count, millis);
}

/* Warms up for the time and the operations of the workload, and returns the number of operations. */
static int64_t warm_up(struct lane *lanes, int64_t count) {
    int64_t operations = 0;
    int times = 0;
    do {
        operations += timed(lanes, count, workload.warmup_ms);
        times++;
    } while (operations < workload.warmup_operations && times < MOST_WARM_UPS);
    return operations;
}

static void print_all(const char *name, const double *values) {
    printf(",\"%s\":[", name);
    for (int64_t i = 0; i < workload.windows; i++) {
        printf("%s%.3f", i > 0 ? "," : "", values[i]);
    }
    printf("]");
}

static void measure(struct lane *lanes, int64_t count) {
    static double wall[MOST_WINDOWS];
    static double processor[MOST_WINDOWS];
    static double switches[MOST_WINDOWS];
    static double bytes[MOST_WINDOWS];
    int64_t operations = warm_up(lanes, count);
    for (int64_t i = 0; i < workload.windows; i++) {
        struct usage before = used();
        int64_t done = timed(lanes, count, workload.window_ms);
        struct usage after = used();
        operations += done;
        wall[i] = (double) (after.wall - before.wall) / (double) done;
        processor[i] = (double) (after.processor - before.processor) / (double) done;
        switches[i] = (double) (after.switches - before.switches) / (double) done;
    }
    printf("{\"operations\":%" PRId64, operations);
    print_all("wall_ns", wall);
    print_all("processor_ns", processor);
    print_all("switches", switches);
    print_all("bytes", bytes);
    printf("}\n");
}

static int by_time(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *) a;
    uint32_t right = *(const uint32_t *) b;
    return left < right ? -1 : left > right;
}

static void latency(struct lane *lanes, int64_t count) {
    warm_up(lanes, count);
    for (int64_t i = 0; i < count; i++) {
        lanes[i].times_count = 0;
    }
    int64_t total = timed(lanes, count, workload.window_ms * workload.windows);
    uint32_t *all = allocate((size_t) total * sizeof *all);
    int64_t at = 0;
    for (int64_t i = 0; i < count; i++) {
        memcpy(all + at, lanes[i].times, (size_t) lanes[i].times_count * sizeof *all);
        at += lanes[i].times_count;
    }
    qsort(all, (size_t) total, sizeof *all, by_time);
    static const char *const names[] = {"p50", "p90", "p99", "p999", "p9999"};
    static const double shares[] = {0.5, 0.9, 0.99, 0.999, 0.9999};
    printf("{\"operations\":%" PRId64, total);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        int64_t index = (int64_t) (shares[i] * (double) total);
        printf(",\"%s\":%" PRIu32, names[i], all[index < total ? index : total - 1]);
    }
    printf(",\"max\":%" PRIu32 "}\n", all[total - 1]);
}

static void transfer(bool reads, char *block, int64_t position) {
    ssize_t answer = reads ? pread(file, block, (size_t) workload.block, position)
                           : pwrite(file, block, (size_t) workload.block, position);
    if (answer != workload.block) {
        fail("%s at %" PRId64 ": %s", reads ? "pread" : "pwrite", position,
             answer < 0 ? strerror(errno) : "not the whole block");
    }
}

static void check_data(struct lane *lanes, int64_t count) {
    char *block = allocate((size_t) workload.block);
    int64_t written = 0;
    for (int64_t i = 0; i < blocks; i++) {
        fill(block, PREFILLED, i * workload.block);
        transfer(false, block, i * workload.block);
    }
    int64_t operations = timed(lanes, count, CHECK_MILLIS);
    for (int64_t i = 0; i < blocks; i++) {
        bool was_written = false;
        for (int64_t j = 0; j < count; j++) {
            was_written |= lanes[j].written[i];
        }
        written += was_written;
        transfer(true, block, i * workload.block);
        check(block, was_written ? WRITTEN : PREFILLED, i * workload.block);
    }
    printf("{\"operations\":%" PRId64 ",\"blocks_written\":%" PRId64 "}\n", operations, written);
}

static int64_t number(const char *text, int64_t least) {
    char *end;
    errno = 0;
    int64_t value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || value < least) {
        fail("not a number of at least %" PRId64 ": %s", least, text);
    }
    return value;
}

static void parse(const char *argument) {
    const char *equals = strchr(argument, '=');
    if (equals == NULL) {
        fail("not name=value: %s", argument);
    }
    const char *value = equals + 1;
    size_t length = (size_t) (equals - argument);
#define IS(name) (length == strlen(name) && strncmp(argument, name, length) == 0)
    if (IS("path")) {
        if (snprintf(workload.path, sizeof workload.path, "%s", value) >= (int) sizeof workload.path) {
            fail("the path is too long");
        }
    } else if (IS("size")) {
        workload.size = number(value, 512);
    } else if (IS("block")) {
        workload.block = number(value, 512);
    } else if (IS("depth")) {
        workload.depth = number(value, 1);
    } else if (IS("threads")) {
        workload.threads = number(value, 1);
    } else if (IS("operation")) {
        workload.reads = strcmp(value, "read") == 0;
        if (!workload.reads && strcmp(value, "write") != 0) {
            fail("neither read nor write: %s", value);
        }
    } else if (IS("random")) {
        workload.random = number(value, 0) == 1;
    } else if (IS("direct")) {
        workload.direct = number(value, 0) == 1;
    } else if (IS("warmup_ms")) {
        workload.warmup_ms = number(value, 1);
    } else if (IS("warmup_operations")) {
        workload.warmup_operations = number(value, 0);
    } else if (IS("window_ms")) {
        workload.window_ms = number(value, 1);
    } else if (IS("windows")) {
        workload.windows = number(value, 1);
    } else if (IS("seed")) {
        workload.seed = (uint64_t) number(value, INT64_MIN);
    } else {
        fail("unknown: %s", argument);
    }
#undef IS
}

static bool parse_variant(const char *name) {
    size_t length = strlen(name);
    from_ring = length > 5 && strcmp(name + length - 5, "-ring") == 0;
    size_t stem = from_ring ? length - 5 : length;
    batches = strncmp(name, "c-batch", stem) == 0 && stem == 7;
    bool threads = strncmp(name, "c-threads", stem) == 0 && stem == 9;
    if (!batches && !threads && !(strncmp(name, "c-one", stem) == 0 && stem == 5)) {
        fail("no variant is named %s", name);
    }
    return threads;
}

int main(int count, char **arguments) {
    if (count < 3) {
        fail("wanted: measure|latency|check VARIANT name=value...");
    }
    pass = strcmp(arguments[1], "latency") == 0 ? LATENCY : strcmp(arguments[1], "check") == 0 ? CHECK : MEASURE;
    bool threads = parse_variant(arguments[2]);
    for (int i = 3; i < count; i++) {
        parse(arguments[i]);
    }
    if (workload.path[0] == 0 || workload.block % 512 != 0 || workload.size < workload.block || workload.depth < 1
            || workload.threads < 1 || workload.windows < 1 || workload.windows > MOST_WINDOWS) {
        fail("the workload is not complete or makes no sense");
    }
    if (threads && workload.threads > 1) {
        fail("c-threads has as many threads as the depth says");
    }
    int64_t lane_count = threads ? workload.depth : workload.threads;
    if (lane_count > MOST_THREADS) {
        fail("more than %d threads", MOST_THREADS);
    }
    if (workload.depth % lane_count != 0) {
        fail("depth must be a multiple of the %" PRId64 " threads that share it: %" PRId64, lane_count, workload.depth);
    }
    if (pass == CHECK && workload.size > CHECKED_BYTES) {
        workload.size = workload.block > CHECKED_BYTES ? workload.block : CHECKED_BYTES;
    }
    blocks = workload.size / workload.block;
    stride = (workload.block + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    file = open(workload.path, O_RDWR | O_CLOEXEC | (workload.direct ? O_DIRECT : 0));
    if (file < 0) {
        fail("%s: %s", workload.path, strerror(errno));
    }
    struct lane *lanes = allocate((size_t) lane_count * sizeof *lanes);
    for (int64_t i = 0; i < lane_count; i++) {
        open_lane(&lanes[i], i, lane_count, workload.depth / lane_count);
    }
    if (pass == LATENCY) {
        latency(lanes, lane_count);
    } else if (pass == CHECK) {
        check_data(lanes, lane_count);
    } else {
        measure(lanes, lane_count);
    }
    return 0;
}

/*
 * What reading and writing small files costs without Java: the reference of "scripts/bench files".
 *
 *     small_files direct|buffered THREADS
 *
 * Reads commands from standard input, one in a line, "write DIRECTORY FIRST COUNT SIZE" or "read DIRECTORY FIRST COUNT SIZE",
 * and answers each with a line of two numbers: nanoseconds of the clock, and of processor time, for all files together. The
 * files are DIRECTORY/f0, f1 and so on. The threads share them, and live as long as the program.
 *
 * With direct, a file is opened with O_DIRECT, and what is written is padded to a whole block and cut by ftruncate.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ALIGNMENT = 4096, MOST_BYTES = 1 << 20, MOST_THREADS = 256, PATH_BYTES = 4096, LINE_BYTES = 8192 };

static bool direct;
static int threads;
static pthread_barrier_t begun;
static pthread_barrier_t done;

/* The present command. */
static bool writes;
static char directory[PATH_BYTES];
static long first;
static long count;
static long size;

/* Answers a command with an error, of the first thread that meets one, and ends. */
static void __attribute__((noreturn)) fail(const char *what, const char *path) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int reason = errno;
    pthread_mutex_lock(&lock);
    printf("error %s %s: %s\n", what, path, reason == 0 ? "not as expected" : strerror(reason));
    fflush(stdout);
    _exit(1);
}

static long padded(void) {
    return direct ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : size;
}

static void write_file(const char *path, const char *buffer) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | (direct ? O_DIRECT : 0), 0666);
    if (file < 0) {
        fail("open", path);
    }
    if (pwrite(file, buffer, (size_t)padded(), 0) != padded()) {
        fail("write", path);
    }
    if (padded() != size && ftruncate(file, size) != 0) {
        fail("truncate", path);
    }
    if (close(file) != 0) {
        fail("close", path);
    }
}

static void read_file(const char *path, char *buffer) {
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | (direct ? O_DIRECT : 0));
    if (file < 0) {
        fail("open", path);
    }
    if (fstat(file, &status) != 0 || status.st_size != size) {
        fail("size", path);
    }
    if (pread(file, buffer, (size_t)padded(), 0) != size) {
        fail("read", path);
    }
    close(file);
}

static void run_share(long number, char *buffer) {
    char path[PATH_BYTES + 32];
    for (long i = number; i < count; i += threads) {
        snprintf(path, sizeof path, "%s/f%ld", directory, first + i);
        if (writes) {
            write_file(path, buffer);
        } else {
            read_file(path, buffer);
        }
    }
}

static void *work(void *argument) {
    char *buffer;
    if (posix_memalign((void **)&buffer, ALIGNMENT, MOST_BYTES) != 0) {
        fail("memory", "");
    }
    memset(buffer, 'x', MOST_BYTES);
    for (;;) {
        pthread_barrier_wait(&begun);
        run_share((long)(intptr_t)argument, buffer);
        pthread_barrier_wait(&done);
    }
    return NULL;
}

static int64_t wall(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t processor(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000000)
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
}

int main(int count_of_arguments, char **arguments) {
    char line[LINE_BYTES];
    char operation[16];
    if (count_of_arguments != 3 || (threads = atoi(arguments[2])) < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "usage: small_files direct|buffered THREADS\n");
        return 2;
    }
    direct = strcmp(arguments[1], "direct") == 0;
    pthread_barrier_init(&begun, NULL, (unsigned)threads + 1);
    pthread_barrier_init(&done, NULL, (unsigned)threads + 1);
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, (void *)(intptr_t)i) != 0) {
            fail("thread", "");
        }
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "%15s %4095s %ld %ld %ld", operation, directory, &first, &count, &size) != 5
            || size < 1 || size > MOST_BYTES) {
            printf("error not a command: %s", line);
            return 1;
        }
        writes = strcmp(operation, "write") == 0;
        int64_t start = wall();
        int64_t used = processor();
        pthread_barrier_wait(&begun);
        pthread_barrier_wait(&done);
        printf("%" PRId64 " %" PRId64 "\n", wall() - start, processor() - used);
    }
    return 0;
}

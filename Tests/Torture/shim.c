// A preloaded library of what the kernel does not do on demand.
//
// A write to a file under STORE_ROOT takes half of its bytes: the one numbered SHORT_AT, from 1, or all
// from SHORT_FROM on. Such a file is closed, and yet the call fails with CLOSE_ERROR, as Linux has it: the
// close numbered CLOSE_AT, or all from CLOSE_FROM on. SHORT_COUNT and CLOSE_COUNT name files for how many
// there were. The clock on the wall is CLOCK_OFFSET seconds ahead.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name) __typeof__(&name) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

static atomic_long writes, closes;

// Whether the file is one of the store's.
static int is_ours(int file) {
  const char *root = getenv("STORE_ROOT");
  if (!root) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  return strncmp(path, root, strlen(root)) == 0;
}

// Whether this call, which is counted, is one of those that are meant.
static int is_meant(atomic_long *count, const char *at, const char *from) {
  long now = atomic_fetch_add(count, 1) + 1;
  return now == number(at) || (number(from) && now >= number(from));
}

// Whether the write to that file is one of those that are cut short.
static int is_short(int file) { return is_ours(file) && is_meant(&writes, "SHORT_AT", "SHORT_FROM"); }

int close(int file) {
  NEXT(close);
  int fails = is_ours(file) && is_meant(&closes, "CLOSE_AT", "CLOSE_FROM");
  int result = next(file);
  if (!fails) return result;
  errno = (int)number("CLOSE_ERROR");
  return -1;
}

static size_t half(int file, size_t size) { return size > 1 && is_short(file) ? size / 2 : size; }

ssize_t write(int file, const void *bytes, size_t size) {
  NEXT(write);
  return next(file, bytes, half(file, size));
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
  NEXT(pwrite);
  return next(file, bytes, half(file, size), offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
  NEXT(pwrite64);
  return next(file, bytes, half(file, size), offset);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  NEXT(writev);
  if (count < 1 || !is_short(file)) return next(file, parts, count);
  struct iovec first = parts[0];
  if (first.iov_len > 1) first.iov_len /= 2;
  return next(file, &first, 1);
}

static void tell(const char *name, atomic_long *count) {
  const char *path = getenv(name);
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld", atomic_load(count));
  fclose(file);
}

__attribute__((destructor)) static void tell_all(void) {
  tell("SHORT_COUNT", &writes);
  tell("CLOSE_COUNT", &closes);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += number("CLOCK_OFFSET");
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = (int)syscall(SYS_gettimeofday, now, zone);
  if (result == 0) now->tv_sec += number("CLOCK_OFFSET");
  return result;
}

/* What a power cut could do, written down: LD_PRELOAD records every change of a folder and every wait for the disk.

POWER_FOLDER names the folder, POWER_LOG the file that takes the records; tests/support/power_cut.py reads them and
says which bytes survive a cut at any moment. A change is recorded after it was made and a wait before and after it, so
that a change counts as waited for only if it certainly came before the wait began.

Seen: open, creat, fopen, write, pwrite, writev, truncate, fallocate, rename, link, unlink, fsync, fdatasync.
What a program writes by fopen is taken whole from its file when it waits for that.
Not seen, so not used by what is proved: O_SYNC, io_uring, system calls without the C library, programs that are linked
statically. A shared mapping that is written, copy_file_range, sendfile to a file, fsync by sync or syncfs end the
program at once, so that a proof cannot hold by overlooking them (sync_file_range promises nothing and is left alone).
A disk that says it has written what it has not is another matter.

POWER_FAULT may name 16 bytes that are looked at in each call: an error that writing into the folder meets (ENOSPC after
half of what was to be written, EROFS for names, too), an error that waiting meets, and by how many seconds the clock of
the day is wrong. What a failed wait was for is recorded as gone, as the kernel treats it (fsync(2), EIO). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define STREAMS 4096

struct record {
  uint64_t inode, number; /* number: an offset, a size, or the thread that waits */
  uint32_t first, second; /* bytes that follow: data or a path, and another path */
  char kind, unused[7];
};

struct fault {
  int32_t write, wait;
  int64_t seconds;
};

static const struct fault none, *volatile fault = &none;
static int log_to = -1;
static dev_t device;
static ino_t log_inode;
static char folder[PATH_MAX];
static size_t folder_length;
static ino_t streams[STREAMS];
static unsigned streams_used;

static void die(const char *why) {
  dprintf(2, "power shim: %s\n", why);
  abort();
}

__attribute__((constructor)) static void start(void) {
  struct stat found;
  const char *path = getenv("POWER_LOG"), *given = getenv("POWER_FOLDER");
  if (!path || !given || !realpath(given, folder)) die("POWER_LOG and POWER_FOLDER must name what is there");
  folder_length = strlen(folder);
  int opened = REAL(open)(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
  log_to = fcntl(opened, F_DUPFD_CLOEXEC, 700);
  close(opened);
  if (fstat(log_to, &found)) die("the log cannot be opened");
  log_inode = found.st_ino;
  if (stat(folder, &found)) die("the folder cannot be read");
  device = found.st_dev;
  if (getenv("POWER_FAULT")) {
    int faults = REAL(open)(getenv("POWER_FAULT"), O_RDONLY | O_CLOEXEC);
    fault = REAL(mmap)(NULL, sizeof *fault, PROT_READ, MAP_SHARED, faults, 0);
    if (fault == MAP_FAILED) die("the faults cannot be read");
    close(faults);
  }
}

static void tell(char kind, ino_t inode, uint64_t number, const void *first, size_t size, const char *second) {
  int before = errno;
  struct record record = {.inode = inode, .number = number, .first = size, .kind = kind};
  record.second = second ? strlen(second) : 0;
  struct iovec parts[] = {{&record, sizeof record}, {(void *)first, size}, {(void *)second, record.second}};
  /* One call with O_APPEND: whole, and in one order for all threads and processes. */
  if (REAL(writev)(log_to, parts, 3) != (ssize_t)(sizeof record + size + record.second)) die("the log is not whole");
  errno = before;
}

static int is_ours(int file, struct stat *found) {
  int before = errno;
  int ours = log_to >= 0 && file != log_to && !fstat(file, found) && found->st_dev == device &&
             found->st_ino != log_inode && (S_ISREG(found->st_mode) || S_ISDIR(found->st_mode));
  errno = before;
  return ours;
}

static int is_inside(const char *path) {
  return !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}

static int path_of(int file, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_inside(path);
}

static int absolute(const char *given, char *path) {
  int before = errno;
  if (given[0] == '/')
    snprintf(path, PATH_MAX, "%s", given);
  else {
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here)) die("the current folder has gone");
    if (snprintf(path, PATH_MAX, "%s/%s", here, given) >= PATH_MAX) die("a path is too long");
  }
  errno = before;
  return is_inside(path);
}

/* Opening and closing. */

static int opened(int file, int flags) {
  struct stat found;
  char path[PATH_MAX];
  int before = errno;
  if (file >= 0 && flags & (O_CREAT | O_TRUNC) && is_ours(file, &found) && path_of(file, path)) {
    if (flags & (O_SYNC | O_DSYNC)) die("O_SYNC is not modelled");
    tell(flags & O_TRUNC ? 'C' : 'O', found.st_ino, 0, path, strlen(path), NULL);
  }
  errno = before;
  return file;
}

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) { MODE(flags) return opened(REAL(open)(path, flags, mode), flags); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(REAL(open64)(path, flags, mode), flags); }
int openat(int at, const char *path, int flags, ...) {
  MODE(flags) return opened(REAL(openat)(at, path, flags, mode), flags);
}
int openat64(int at, const char *path, int flags, ...) {
  MODE(flags) return opened(REAL(openat64)(at, path, flags, mode), flags);
}
int creat(const char *path, mode_t mode) { return opened(REAL(creat)(path, mode), O_CREAT | O_TRUNC); }

static FILE *streaming(FILE *stream, const char *mode) {
  struct stat found;
  if (stream && mode[0] != 'r' && is_ours(fileno(stream), &found)) {
    if (streams_used == STREAMS) die("too many streams");
    streams[streams_used++] = found.st_ino;
    opened(fileno(stream), mode[0] == 'w' ? O_CREAT | O_TRUNC : O_CREAT);
  }
  return stream;
}
FILE *fopen(const char *path, const char *mode) { return streaming(REAL(fopen)(path, mode), mode); }
FILE *fopen64(const char *path, const char *mode) { return streaming(REAL(fopen64)(path, mode), mode); }

/* Writing. */

static int fails(int file, int error) {
  struct stat found;
  char path[PATH_MAX];
  if (!error || !is_ours(file, &found) || !path_of(file, path)) return 0;
  errno = error;
  return 1;
}

/* A full disk takes some of it first. */
static size_t taken(int file, size_t size) {
  return size > 1 && size % 512 == 0 && fails(file, fault->write) && errno == ENOSPC ? size / 2 : size;
}
#define FAIL_WRITE(file, size) \
  if (taken(file, size) == (size) && fails(file, fault->write)) return -1; \
  size = taken(file, size);

static void wrote(int file, const struct iovec *parts, int count, ssize_t size, off_t at) {
  struct stat found;
  if (size <= 0 || !is_ours(file, &found)) return;
  if (at < 0) at = lseek(file, 0, SEEK_CUR) - size;
  for (int part = 0; part < count && size > 0; part++) {
    size_t length = parts[part].iov_len < (size_t)size ? parts[part].iov_len : (size_t)size;
    tell('W', found.st_ino, at, parts[part].iov_base, length, NULL);
    at += length;
    size -= length;
  }
}

static ssize_t wrote_one(int file, const void *data, ssize_t size, off_t at) {
  struct iovec part = {(void *)data, size > 0 ? (size_t)size : 0};
  wrote(file, &part, 1, size, at);
  return size;
}

ssize_t write(int file, const void *data, size_t size) {
  FAIL_WRITE(file, size)
  return wrote_one(file, data, REAL(write)(file, data, size), -1);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
  FAIL_WRITE(file, size)
  return wrote_one(file, data, REAL(pwrite)(file, data, size, at), at);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
  FAIL_WRITE(file, size)
  return wrote_one(file, data, REAL(pwrite64)(file, data, size, at), at);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
  if (fails(file, fault->write)) return -1;
  ssize_t size = REAL(writev)(file, parts, count);
  wrote(file, parts, count, size, -1);
  return size;
}

static int resized(int file, char kind, off_t size, int failed) {
  struct stat found;
  if (!failed && is_ours(file, &found)) tell(kind, found.st_ino, size, NULL, 0, NULL);
  return failed;
}
int ftruncate(int file, off_t size) { return resized(file, 'T', size, REAL(ftruncate)(file, size)); }
int ftruncate64(int file, off64_t size) { return resized(file, 'T', size, REAL(ftruncate64)(file, size)); }
int posix_fallocate(int file, off_t at, off_t size) {
  if (fails(file, fault->write)) return errno;
  return resized(file, 'A', at + size, REAL(posix_fallocate)(file, at, size));
}
int posix_fallocate64(int file, off64_t at, off64_t size) {
  if (fails(file, fault->write)) return errno;
  return resized(file, 'A', at + size, REAL(posix_fallocate64)(file, at, size));
}
static int shortened(const char *path, off_t size) {
  int file = REAL(open)(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  int failed = resized(file, 'T', size, REAL(ftruncate)(file, size));
  close(file);
  return failed;
}
int truncate(const char *path, off_t size) { return shortened(path, size); }
int truncate64(const char *path, off64_t size) { return shortened(path, size); }
int fallocate(int file, int mode, off_t at, off_t size) {
  if (mode) die("holes are not modelled");
  return resized(file, 'A', at + size, REAL(fallocate)(file, mode, at, size));
}
int fallocate64(int file, int mode, off64_t at, off64_t size) {
  if (mode) die("holes are not modelled");
  return resized(file, 'A', at + size, REAL(fallocate64)(file, mode, at, size));
}

/* Names. */

static int named(char kind, const char *one, const char *other, int failed) {
  char first[PATH_MAX], second[PATH_MAX];
  if (failed) return failed;
  int inside = absolute(one, first);
  if (other && absolute(other, second) != inside) die("a name came into the folder or left it");
  if (inside) tell(kind, 0, 0, first, strlen(first), other ? second : NULL);
  return failed;
}
static void here_only(int one, int other) {
  if (one != AT_FDCWD || other != AT_FDCWD) die("a name beside an open folder is not modelled");
}
static int is_read_only(const char *path) {
  char whole[PATH_MAX];
  if (fault->write != EROFS || !absolute(path, whole)) return 0;
  errno = EROFS;
  return 1;
}
int rename(const char *one, const char *other) {
  return is_read_only(one) ? -1 : named('R', one, other, REAL(rename)(one, other));
}
int link(const char *one, const char *other) {
  return is_read_only(one) ? -1 : named('L', one, other, REAL(link)(one, other));
}
int unlink(const char *path) { return is_read_only(path) ? -1 : named('U', path, NULL, REAL(unlink)(path)); }
int renameat(int at, const char *one, int to, const char *other) {
  return here_only(at, to), named('R', one, other, REAL(renameat)(at, one, to, other));
}
int linkat(int at, const char *one, int to, const char *other, int flags) {
  return here_only(at, to), named('L', one, other, REAL(linkat)(at, one, to, other, flags));
}
int unlinkat(int at, const char *path, int flags) {
  return here_only(at, at), named('U', path, NULL, REAL(unlinkat)(at, path, flags));
}

/* Waiting for the disk. */

static void take_stream(int file, const struct stat *found) {
  static __thread char piece[1 << 20];
  char link[64];
  unsigned at = 0;
  while (at < streams_used && streams[at] != found->st_ino) at++;
  if (at == streams_used) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  int reads = REAL(open)(link, O_RDONLY | O_CLOEXEC);
  ssize_t size;
  for (off_t from = 0; (size = pread(reads, piece, sizeof piece, from)) > 0; from += size)
    tell('W', found->st_ino, from, piece, size, NULL);
  close(reads);
}

static int waited(int file, int (*wait)(int)) {
  struct stat found;
  char path[PATH_MAX] = "";
  int ours = is_ours(file, &found);
  pid_t thread = syscall(SYS_gettid);
  if (ours) {
    if (S_ISDIR(found.st_mode) && !path_of(file, path)) path[0] = 0;
    if (S_ISREG(found.st_mode)) take_stream(file, &found);
    tell('B', found.st_ino, thread, path, strlen(path), NULL);
  }
  int failed = fails(file, fault->wait) ? -1 : wait(file);
  if (ours) tell(failed ? 'X' : 'E', found.st_ino, thread, path, strlen(path), NULL);
  return failed;
}
/* The same calls by further names, and two that would be overlooked. */
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
  ssize_t size = REAL(pwritev)(file, parts, count, at);
  wrote(file, parts, count, size, at);
  return size;
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at) {
  ssize_t size = REAL(pwritev64)(file, parts, count, at);
  wrote(file, parts, count, size, at);
  return size;
}
int renameat2(int at, const char *one, int to, const char *other, unsigned flags) {
  if (flags & ~(unsigned)RENAME_NOREPLACE) die("an exchange of names is not modelled");
  return here_only(at, to), named('R', one, other, REAL(renameat2)(at, one, to, other, flags));
}
int creat64(const char *path, mode_t mode) { return opened(REAL(creat64)(path, mode), O_CREAT | O_TRUNC); }

int fsync(int file) { return waited(file, REAL(fsync)); }
int fdatasync(int file) { return waited(file, REAL(fdatasync)); }

/* The clock of the day. */

int clock_gettime(clockid_t clock, struct timespec *now) {
  int failed = syscall(SYS_clock_gettime, clock, now);
  if (!failed && clock == CLOCK_REALTIME) now->tv_sec += fault->seconds;
  return failed;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec found;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &found);
  now->tv_sec = found.tv_sec;
  now->tv_usec = found.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *now) {
  struct timespec found;
  clock_gettime(CLOCK_REALTIME, &found);
  if (now) *now = found.tv_sec;
  return found.tv_sec;
}

/* What would be overlooked. */

static void *mapped(int file, int protection, int flags, void *map) {
  struct stat found;
  char path[PATH_MAX];
  if (file >= 0 && flags & MAP_SHARED && protection & PROT_WRITE && is_ours(file, &found) && path_of(file, path))
    die("a shared mapping is not modelled");
  return map;
}
void *mmap(void *at, size_t size, int protection, int flags, int file, off_t from) {
  return mapped(file, protection, flags, REAL(mmap)(at, size, protection, flags, file, from));
}
void *mmap64(void *at, size_t size, int protection, int flags, int file, off64_t from) {
  return mapped(file, protection, flags, REAL(mmap64)(at, size, protection, flags, file, from));
}
static void not_into(int file) {
  struct stat found;
  char path[PATH_MAX];
  if (is_ours(file, &found) && path_of(file, path)) die("copying by the kernel is not modelled");
}
ssize_t sendfile(int to, int from, off_t *at, size_t size) { return not_into(to), REAL(sendfile)(to, from, at, size); }
ssize_t sendfile64(int to, int from, off64_t *at, size_t size) {
  return not_into(to), REAL(sendfile64)(to, from, at, size);
}
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t size, unsigned flags) {
  return not_into(to), REAL(copy_file_range)(from, at, to, there, size, flags);
}
void sync(void) { die("sync is not modelled"); }
int syncfs(int file) { return not_into(file), REAL(syncfs)(file); }

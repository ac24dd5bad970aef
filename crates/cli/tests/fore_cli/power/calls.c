/* Preloaded into `fore`: writes a line to the file $CALLS_LOG for each call that changes a file or directory or has it
   written to the disk, in the order in which they succeed; and has some of them fail, as $CALLS_FAIL says:
   "KIND FIRST COUNT ERRNO", for COUNT calls of that KIND from the FIRST on. Files and directories go by inode numbers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int log_fd = -1;
static char fail_kind[16];
static int fail_first, fail_count, fail_errno, seen;

__attribute__((constructor)) static void loaded(void) {
    const char *path = getenv("CALLS_LOG"), *fail = getenv("CALLS_FAIL");
    if (path) log_fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fail) sscanf(fail, "%15s %d %d %d", fail_kind, &fail_first, &fail_count, &fail_errno);
}

static int fails(const char *kind) {
    if (strcmp(kind, fail_kind)) return 0;
    seen++;
    if (seen < fail_first || seen >= fail_first + fail_count) return 0;
    errno = fail_errno;
    return 1;
}

static void note(const char *format, ...) {
    char line[1024];
    int kept = errno;
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (log_fd >= 0) syscall(SYS_write, log_fd, line, len);
    errno = kept;
}

/* The inode number of what `fd` is open on, if its type is `type`, else 0. */
static unsigned long inode(int fd, mode_t type) {
    struct stat st;
    return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type ? st.st_ino : 0;
}

static const char *last(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The inode number of the directory in which `path` is. */
static unsigned long folder(int dir, const char *path) {
    char parent[512] = ".";
    struct stat st;
    size_t len = last(path) - path;
    if (len && len < sizeof parent) { memcpy(parent, path, len); parent[len] = 0; }
    return fstatat(dir, parent, &st, 0) == 0 ? st.st_ino : 0;
}

static int opened(int dir, const char *path, int flags, mode_t mode) {
    int fd = syscall(SYS_openat, dir, path, flags, mode);
    if (fd >= 0 && flags & O_CREAT) note("create %lu %s %lu\n", folder(dir, path), last(path), inode(fd, S_IFREG));
    return fd;
}

#define MODE(flags) mode_t mode = 0; if (flags & O_CREAT) { va_list a; va_start(a, flags); mode = va_arg(a, int); va_end(a); }
int openat(int dir, const char *path, int flags, ...) { MODE(flags) return opened(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE(flags) return opened(dir, path, flags, mode); }
int open(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }

/* What changes the file `fd`. */
#define CHANGE(kind, call) \
    long done = call; \
    if (done >= 0 && inode(fd, S_IFREG)) note(kind " %lu\n", inode(fd, S_IFREG)); \
    return done;
ssize_t write(int fd, const void *bytes, size_t len) { CHANGE("write", syscall(SYS_write, fd, bytes, len)) }
ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at) { CHANGE("write", syscall(SYS_pwrite64, fd, bytes, len, at)) }
int ftruncate64(int fd, off64_t len) { CHANGE("write", syscall(SYS_ftruncate, fd, len)) }
int fchmod(int fd, mode_t mode) { CHANGE("dress", syscall(SYS_fchmod, fd, mode)) }
int fchown(int fd, uid_t user, gid_t group) { CHANGE("dress", syscall(SYS_fchown, fd, user, group)) }
int futimens(int fd, const struct timespec times[2]) { CHANGE("dress", syscall(SYS_utimensat, fd, NULL, times, 0)) }

static int synced(int fd, long call) {
    int is_folder = inode(fd, S_IFDIR) != 0;
    if (fails(is_folder ? "syncdir" : "sync") || syscall(call, fd) < 0) return -1;
    note(is_folder ? "syncdir %lu\n" : "sync %lu\n", inode(fd, is_folder ? S_IFDIR : S_IFREG));
    return 0;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int syncfs(int fd) { return fails("syncfs") ? -1 : syscall(SYS_syncfs, fd); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
    if (fails("place") || syscall(SYS_renameat2, from_dir, from, to_dir, to, flags) < 0) return -1;
    note("rename %lu %s %s\n", folder(to_dir, to), last(from), last(to));
    return 0;
}
int renameat(int from_dir, const char *from, int to_dir, const char *to) { return renameat2(from_dir, from, to_dir, to, 0); }
int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
    if (fails("place") || syscall(SYS_linkat, from_dir, from, to_dir, to, flags) < 0) return -1;
    note("link %lu %s %s\n", folder(to_dir, to), last(from), last(to));
    return 0;
}
int unlinkat(int dir, const char *path, int flags) {
    unsigned long in = folder(dir, path);
    if (fails("unlink") || syscall(SYS_unlinkat, dir, path, flags) < 0) return -1;
    note("unlink %lu %s\n", in, last(path));
    return 0;
}

/*
 * Makes the disk slow: every call that waits for it (fsync, fdatasync, sync_file_range, msync) takes
 * PILOTWIRE_FSYNC_DELAY_MS longer. With PILOTWIRE_FSYNC_LOG each such call appends one byte to that file, so that a test
 * can tell "nothing waited for the disk" from "nothing was written".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void delay(void)
{
	const char *text = getenv("PILOTWIRE_FSYNC_DELAY_MS");
	const char *log = getenv("PILOTWIRE_FSYNC_LOG");
	long ms = text == NULL ? 0 : strtol(text, NULL, 10);
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	if (log != NULL) {
		int fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (fd >= 0) {
			if (syscall(SYS_write, fd, "+", 1) < 0) {}
			syscall(SYS_close, fd);
		}
	}
	while (ms > 0 && nanosleep(&left, &left) < 0 && errno == EINTR) {}
}

int fsync(int fd)
{
	delay();
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	delay();
	return (int)syscall(SYS_fdatasync, fd);
}

int sync_file_range(int fd, off64_t offset, off64_t length, unsigned flags)
{
	int (*real)(int, off64_t, off64_t, unsigned) = dlsym(RTLD_NEXT, "sync_file_range");
	delay();
	return real(fd, offset, length, flags);
}

int msync(void *start, size_t length, int flags)
{
	if (flags & MS_SYNC) delay();
	return (int)syscall(SYS_msync, start, length, flags);
}

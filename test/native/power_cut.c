/*
 * Remembers what a power cut would leave. Each time a file of the folder PILOTWIRE_POWER_FOLDER has been synced (fsync,
 * fdatasync), its content at that moment is copied to the folder PILOTWIRE_POWER_KEPT under the same name, before the call
 * returns. Whatever was written since is not in that copy: a test that kills the process and puts the copies back has cut
 * the power.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Whether a file lies in the folder, and its name there. */
static int name_in_folder(int fd, char *name, size_t size)
{
	const char *folder = getenv("PILOTWIRE_POWER_FOLDER");
	char link[64], path[PATH_MAX];
	if (folder == NULL) return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	size_t prefix = strlen(folder);
	if (length < 0) return 0;
	path[length] = 0;
	if (strncmp(path, folder, prefix) != 0 || path[prefix] != '/' || strchr(path + prefix + 1, '/') != NULL) return 0;
	return snprintf(name, size, "%s", path + prefix + 1) < (int)size;
}

/* Copies the file to a name of its own, and renames that into place: a kill leaves the old copy or the new one. */
static int keep(int fd)
{
	const char *kept = getenv("PILOTWIRE_POWER_KEPT");
	char name[NAME_MAX + 1], temporary[PATH_MAX], target[PATH_MAX], block[65536];
	if (kept == NULL || !name_in_folder(fd, name, sizeof name)) return 0;
	snprintf(target, sizeof target, "%s/%s", kept, name);
	snprintf(temporary, sizeof temporary, "%s/.%s", kept, name);
	int copy = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (copy < 0) return -1;
	off_t at = 0;
	for (;;) {
		ssize_t got = pread(fd, block, sizeof block, at);
		if (got < 0) return -1;
		if (got == 0) break;
		if (write(copy, block, (size_t)got) != got) return -1;
		at += got;
	}
	close(copy);
	return rename(temporary, target);
}

int fsync(int fd)
{
	int result = (int)syscall(SYS_fsync, fd);
	if (result == 0 && keep(fd) != 0) abort();
	return result;
}

int fdatasync(int fd)
{
	int result = (int)syscall(SYS_fdatasync, fd);
	if (result == 0 && keep(fd) != 0) abort();
	return result;
}

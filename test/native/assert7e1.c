/*
 * Writes down how the process sets its serial ports. A pseudo-terminal forces 8 data bits without parity, so what the
 * reader asked for can be seen only where it asks: here. One JSON line per request is appended to PILOTWIRE_TTY_LOG.
 * And tcgetattr answers as a UART's driver would, with the data bits and the parity that were set last.
 */
#define _GNU_SOURCE
#include <asm/termbits.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int ioctl(int fd, unsigned long request, ...);

#define TCSETS 0x5402UL
#define TCSETSF 0x5404UL
/* _IOW('T', 0x2b .. 0x2d, struct termios2) */
#define TCSETS2 0x402c542bUL
#define TCSETSF2 0x402c542dUL

static const struct { unsigned bits, speed; } speeds[] = {
	{ B300, 300 }, { B600, 600 }, { B1200, 1200 }, { B2400, 2400 }, { B4800, 4800 }, { B9600, 9600 },
	{ B19200, 19200 }, { B38400, 38400 }, { B57600, 57600 }, { B115200, 115200 },
};

#define FRAMING (CSIZE | PARENB | PARODD)
#define MAX_FD 1024

static struct { dev_t device; unsigned framing, set; } asked[MAX_FD];

static void remember(int fd, unsigned control)
{
	struct stat about;
	if (fd < 0 || fd >= MAX_FD || fstat(fd, &about) < 0) return;
	asked[fd].device = about.st_rdev;
	asked[fd].framing = control & FRAMING;
	asked[fd].set = 1;
}

static void recall(int fd, uint32_t *control)
{
	struct stat about;
	if (fd < 0 || fd >= MAX_FD || !asked[fd].set || fstat(fd, &about) < 0 || asked[fd].device != about.st_rdev) return;
	*control = (*control & ~(uint32_t)FRAMING) | asked[fd].framing;
}

static void note(int fd, unsigned input, unsigned control, unsigned speed)
{
	const char *log = getenv("PILOTWIRE_TTY_LOG");
	remember(fd, control);
	char link[64], path[256], line[512];
	if (log == NULL) return;
	for (unsigned i = 0; speed == 0 && i < sizeof speeds / sizeof *speeds; i++)
		if (speeds[i].bits == (control & CBAUD)) speed = speeds[i].speed;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	path[length < 0 ? 0 : length] = '\0';
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int used = snprintf(line, sizeof line,
		"{\"pid\":%d,\"path\":\"%s\",\"speed\":%u,\"dataBits\":%d,\"parity\":\"%s\",\"stopBits\":%d,\"checked\":%s,\"atNs\":\"%lld\"}\n",
		getpid(), path, speed, 5 + (int)((control & CSIZE) / CS6),
		control & PARENB ? (control & PARODD ? "odd" : "even") : "none", control & CSTOPB ? 2 : 1,
		input & INPCK ? "true" : "false", (long long)now.tv_sec * 1000000000LL + now.tv_nsec);
	int out = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (out < 0) return;
	if (syscall(SYS_write, out, line, used) < 0) {}
	syscall(SYS_close, out);
}

/* glibc's struct termios begins with the same four flag words as the kernel's; its tcsetattr does not pass by ioctl(). */
int tcsetattr(int fd, int actions, const void *settings)
{
	static int (*real)(int, int, const void *);
	if (real == NULL) real = dlsym(RTLD_NEXT, "tcsetattr");
	const uint32_t *flags = settings;
	note(fd, flags[0], flags[2], 0);
	return real(fd, actions, settings);
}

int tcgetattr(int fd, void *settings)
{
	static int (*real)(int, void *);
	if (real == NULL) real = dlsym(RTLD_NEXT, "tcgetattr");
	int result = real(fd, settings);
	if (result == 0) recall(fd, (uint32_t *)settings + 2);
	return result;
}

int ioctl(int fd, unsigned long request, ...)
{
	static int (*real)(int, unsigned long, ...);
	va_list list;
	va_start(list, request);
	void *argument = va_arg(list, void *);
	va_end(list);
	if (real == NULL) real = dlsym(RTLD_NEXT, "ioctl");
	if (request >= TCSETS && request <= TCSETSF) {
		const struct termios *settings = argument;
		note(fd, settings->c_iflag, settings->c_cflag, 0);
	} else if (request >= TCSETS2 && request <= TCSETSF2) {
		const struct termios2 *settings = argument;
		note(fd, settings->c_iflag, settings->c_cflag, settings->c_ospeed);
	}
	return real(fd, request, argument);
}

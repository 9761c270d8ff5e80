/*
 * A meter's serial line on a pseudo-terminal, honest where a bare one is not:
 *  - bytes enter one by one at the line's real speed, 10 bits each, at absolute times (or at once: "pace 0");
 *  - a reader set to another speed gets what its UART would see: the line's waveform (7E1) sampled at the reader's
 *    speed, framing errors delivered as data, as Linux does without INPCK; breaks as NUL;
 *  - nobody reading means lost, not kept for later; so does a full buffer while paced (overrun);
 *  - unplugged, the reader gets a hang-up and the port's path (a symbolic link, argv[1]) disappears.
 *
 * stdin, one command a line. Carried out in turn:
 *   send ID HEX | speed BAUD | format 7e1|8n1|8n1odd | pace 0|1 | pause MS
 * at once:
 *   unplug | plug | drop (forgets what was still to be sent) | end of input (exit)
 * stdout:
 *   plugged SLAVE | unplugged | reader SPEED | reader closed
 *   sent ID FIRST_NS LAST_NS GOOD NOISE LOST GARBAGE
 *     (CLOCK_MONOTONIC just before the first and the last byte were handed over; GARBAGE bytes came of NOISE ones)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define LOOK_NS 2000000LL /* how often an open port is looked at for a new speed, where nothing is sent */

struct item {
	struct item *next;
	char verb[8], id[24];
	long number;
	size_t length, done;
	long long first_ns, last_ns;
	unsigned long good, noise, lost, garbage;
	uint8_t bytes[];
};

static struct item *head, **tail = &head;
static int master = -1, watch = -1, eight_bits, odd_parity, paced = 1;
static long line_speed = 1200, told_speed = -1;
static long long due; /* when the line is free again */
static char slave[64];
static const char *link_path;

static long long now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

/* ---- the port ---- */

static int reader_open(void)
{
	struct pollfd p = { .fd = master };
	return master >= 0 && poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP);
}

static long reader_speed(void)
{
	static const struct { speed_t bits; long speed; } speeds[] = {
		{ B300, 300 }, { B600, 600 }, { B1200, 1200 }, { B2400, 2400 }, { B4800, 4800 }, { B9600, 9600 },
		{ B19200, 19200 }, { B38400, 38400 }, { B57600, 57600 }, { B115200, 115200 },
	};
	struct termios settings;
	if (tcgetattr(master, &settings) < 0) return 0;
	for (unsigned i = 0; i < sizeof speeds / sizeof *speeds; i++)
		if (speeds[i].bits == cfgetispeed(&settings)) return speeds[i].speed;
	return 115200;
}

/* No meter's speed: who opens the port must set it, and until then is not taken for ready. */
static void rest(void)
{
	struct termios settings;
	if (tcgetattr(master, &settings) < 0) return;
	cfsetispeed(&settings, B38400);
	cfsetospeed(&settings, B38400);
	tcsetattr(master, TCSANOW, &settings);
}

static void tell_reader(void)
{
	long speed = reader_open() ? reader_speed() : 0;
	if (speed == told_speed) return;
	told_speed = speed;
	if (speed != 0) {
		printf("reader %ld\n", speed);
		return;
	}
	if (master >= 0) rest();
	printf("reader closed\n");
}

static void plug(void)
{
	char temporary[512];
	if (master >= 0) return;
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 || ptsname_r(master, slave, sizeof slave) != 0) {
		perror("ptyline: no pseudo-terminal");
		exit(1);
	}
	/* Opened and closed once, the master knows from then on whether a reader is there. */
	int port = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port < 0) {
		perror("ptyline: cannot open the port");
		exit(1);
	}
	close(port);
	rest();
	inotify_add_watch(watch, slave, IN_OPEN | IN_CLOSE);
	snprintf(temporary, sizeof temporary, "%s.%d", link_path, getpid());
	if (symlink(slave, temporary) < 0 || rename(temporary, link_path) < 0) {
		perror("ptyline: cannot make the port's path");
		exit(1);
	}
	told_speed = 0;
	printf("plugged %s\n", slave);
}

static void unplug(void)
{
	if (master < 0) return;
	unlink(link_path);
	close(master);
	master = -1;
	told_speed = 0;
	printf("unplugged\n");
}

/* 1 where the port took the byte, 0 where it is lost, -1 where the port is full and the line, not being paced, waits */
static int hand_over(uint8_t byte)
{
	while (reader_open()) {
		if (write(master, &byte, 1) == 1) return 1;
		if (errno != EINTR) return errno == EAGAIN && !paced ? -1 : 0;
	}
	return 0;
}

/* ---- a UART at the wrong speed ---- */

static struct { int busy, was_high, bit; unsigned shift; double next; } uart = { .was_high = 1 };

/* One bit of the line passes by; `ratio` = line bits in one of the reader's bits. Returns a byte, or -1. */
static int uart_bit(int level, double ratio)
{
	int out = -1;
	if (!uart.busy && uart.was_high && !level) {
		uart.busy = 1;
		uart.bit = 0;
		uart.shift = 0;
		uart.next = ratio / 2;
	}
	int data_bits = eight_bits ? 8 : 7;
	while (uart.busy && uart.next < 1) {
		if (uart.bit == 0 && level) uart.busy = 0; /* a false start */
		else if (uart.bit >= 1 && uart.bit <= data_bits) uart.shift |= (unsigned)level << (uart.bit - 1);
		else if (uart.bit == 9) { /* stop (bit 8 of 7E1 is the parity): high or not, Linux delivers the byte */
			out = (int)uart.shift;
			uart.busy = 0;
		}
		uart.bit++;
		uart.next += ratio;
	}
	uart.next -= 1;
	uart.was_high = level;
	return out;
}

static int parity_of(uint8_t byte) { return __builtin_parity(byte & 0x7f); }

/* What a reader at `speed` makes of one byte of the line (two of the reader's bytes at most fit into `seen` per bit). */
static int wrong_speed(uint8_t byte, long speed, int last, uint8_t *seen)
{
	unsigned wave = (unsigned)(byte & 0x7f) << 1 | (unsigned)parity_of(byte) << 8 | 1u << 9;
	double ratio = (double)line_speed / (double)speed;
	int count = 0, bits = 10;
	for (int i = 0; i < bits; i++) {
		int out = uart_bit(i < 10 ? wave >> i & 1 : 1, ratio);
		if (out >= 0) seen[count++] = (uint8_t)out;
		if (last && i + 1 == bits && uart.busy && bits < 4000) bits++; /* the line rests high until the byte is in */
	}
	return count;
}

/* ---- sending ---- */

/* 0 where the port was full and the byte is still to be sent */
static int send_byte(struct item *item)
{
	uint8_t byte = item->bytes[item->done] & 0x7f;
	int last = item->done + 1 == item->length;
	long long at = now_ns();
	if (item->done == 0) item->first_ns = at;
	item->last_ns = at;
	if (!reader_open()) item->lost++;
	else if (reader_speed() == line_speed) {
		uart.busy = 0;
		uart.was_high = 1;
		int taken = hand_over(eight_bits ? byte | (uint8_t)((parity_of(byte) ^ odd_parity) << 7) : byte);
		if (taken < 0) return 0;
		if (taken) item->good++;
		else item->lost++;
	} else {
		uint8_t seen[64];
		int count = wrong_speed(byte, reader_speed(), last, seen);
		for (int i = 0; i < count; i++) item->garbage += hand_over(seen[i]) > 0;
		item->noise++;
	}
	item->done++;
	return 1;
}

static void finish(struct item *item)
{
	if (strcmp(item->verb, "send") == 0)
		printf("sent %s %lld %lld %lu %lu %lu %lu\n", item->id, item->first_ns, item->last_ns, item->good, item->noise,
			item->lost, item->garbage);
	head = item->next;
	if (head == NULL) tail = &head;
	free(item);
}

/* Does what is due; returns when the next thing is, or -1. */
static long long work(void)
{
	while (head != NULL) {
		struct item *item = head;
		if (strcmp(item->verb, "speed") == 0) line_speed = item->number;
		else if (strcmp(item->verb, "format") == 0) {
			eight_bits = item->number == 8;
			odd_parity = strstr(item->id, "odd") != NULL;
		}
		else if (strcmp(item->verb, "pace") == 0) paced = item->number != 0;
		else {
			long long step = strcmp(item->verb, "pause") == 0 ? item->number * 1000000LL : 10 * SECOND / line_speed;
			long long now = now_ns();
			if (item->done == 0 && item->first_ns == 0) {
				item->first_ns = 1;
				/* a byte is in when its stop bit is; what was queued in time follows without a gap */
				due = (due + step < now ? now : due) + step;
			}
			if (item->length > 0) {
				if (paced && now < due) return due;
				if (!send_byte(item)) return now_ns() + LOOK_NS;
				if (item->done < item->length) {
					due += step;
					continue;
				}
			} else if (strcmp(item->verb, "pause") == 0 && now < due) return due;
			if (!paced) due = 0;
		}
		finish(item);
	}
	return -1;
}

/* ---- commands ---- */

static void queue(char *line)
{
	char verb[8], id[24] = "";
	int used = 0;
	if (sscanf(line, "%7s %23s %n", verb, id, &used) < 1) return;
	const char *hex = strcmp(verb, "send") == 0 && used > 0 ? line + used : "";
	size_t length = strlen(hex) / 2;
	struct item *item = calloc(1, sizeof *item + length);
	if (item == NULL) exit(1);
	strcpy(item->verb, verb);
	strcpy(item->id, id);
	item->number = strtol(id, NULL, 10);
	for (item->length = 0; item->length < length; item->length++) {
		unsigned value = 0;
		if (sscanf(hex + 2 * item->length, "%2x", &value) != 1) break;
		item->bytes[item->length] = (uint8_t)value;
	}
	*tail = item;
	tail = &item->next;
}

static void obey(char *line)
{
	if (strcmp(line, "plug") == 0) plug();
	else if (strcmp(line, "unplug") == 0) unplug();
	else if (strcmp(line, "drop") == 0) while (head != NULL) finish(head);
	else queue(line);
}

/* 0 at the end of the input */
static int take_input(void)
{
	static char *buffer;
	static size_t used, size;
	if (size - used < 65536 && (buffer = realloc(buffer, size = used + 131072)) == NULL) exit(1);
	ssize_t got = read(STDIN_FILENO, buffer + used, 65536);
	if (got <= 0) return got < 0 && errno == EINTR;
	used += (size_t)got;
	char *start = buffer, *end;
	while ((end = memchr(start, '\n', used - (size_t)(start - buffer))) != NULL) {
		*end = '\0';
		obey(start);
		start = end + 1;
	}
	used -= (size_t)(start - buffer);
	memmove(buffer, start, used);
	return 1;
}

int main(int count, char **arguments)
{
	char events[4096];
	if (count != 2) {
		fprintf(stderr, "usage: ptyline PATH\n");
		return 2;
	}
	link_path = arguments[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_TIMERSLACK, 1);
	watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	plug();
	for (;;) {
		long long next = work();
		tell_reader();
		if (told_speed > 0 && (next < 0 || next > now_ns() + LOOK_NS)) next = now_ns() + LOOK_NS;
		long long wait = next < 0 ? 0 : next - now_ns();
		struct timespec timeout = { .tv_sec = wait > 0 ? wait / SECOND : 0, .tv_nsec = wait > 0 ? wait % SECOND : 0 };
		struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = watch, .events = POLLIN } };
		if (ppoll(p, 2, next < 0 ? NULL : &timeout, NULL) < 0 && errno != EINTR) break;
		if (p[1].revents != 0) while (read(watch, events, sizeof events) > 0) {}
		if (p[0].revents != 0 && !take_input()) break;
	}
	while (head != NULL) finish(head);
	unplug();
	return 0;
}

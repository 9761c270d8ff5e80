/*
 * A device that behaves as none should, over a bare socket: it writes the bytes of RFC 6455 itself.
 *
 * Usage: bad_device PORT WHAT [ARGUMENT ...]. Prints one line for each message or end that comes back.
 *   fragments NAME PASSWORD   the sign-in in frames of one byte, with pings between them
 *   giant BYTES               one text message of so many bytes, announced and sent
 *   announced                 a frame that says it is 2^62 bytes long, and no more
 *   malformed                 texts that are no JSON, and one that is no UTF-8
 *   pings COUNT               so many pings, whose answers it does not read at first
 *   unmasked                  a frame without the mask that a client must use
 *   garbage                   bytes that are no HTTP request
 *   early COUNT               telemetry before any sign-in, so many times
 *   guess COUNT NAME          so many sign-ins with a wrong password, each on a connection of its own, 16 at once
 *   silence SECONDS           the handshake, and then nothing
 *   idle SECONDS              not even the handshake
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int port;

static int open_socket(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		perror("connect");
		exit(2);
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

/* False where the other side has closed. */
static int put(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;
	while (length > 0) {
		ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
		if (sent <= 0) return 0;
		at += sent;
		length -= sent;
	}
	return 1;
}

static int get(int fd, void *bytes, size_t length)
{
	char *at = bytes;
	while (length > 0) {
		ssize_t got = recv(fd, at, length, 0);
		if (got <= 0) return 0;
		at += got;
		length -= got;
	}
	return 1;
}

static int open_websocket(void)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
	int fd = open_socket(), matched = 0;
	char letter, status[16] = "";
	size_t length = 0;
	put(fd, request, sizeof request - 1);
	while (matched < 4 && get(fd, &letter, 1)) {
		if (length < sizeof status - 1) status[length++] = letter;
		matched = letter == "\r\n\r\n"[matched] ? matched + 1 : letter == '\r';
	}
	if (strncmp(status, "HTTP/1.1 101", 12) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One frame, masked with zeros: a mask that changes nothing. */
static int frame(int fd, int final, int opcode, const void *bytes, uint64_t length)
{
	unsigned char head[14];
	int size = 2;
	head[0] = (final ? 0x80 : 0) | opcode;
	if (length < 126)
		head[1] = 0x80 | length;
	else if (length < 65536) {
		head[1] = 0x80 | 126;
		head[2] = length >> 8;
		head[3] = length;
		size = 4;
	} else {
		head[1] = 0x80 | 127;
		for (int i = 0; i < 8; i++) head[2 + i] = length >> (56 - 8 * i);
		size = 10;
	}
	memset(head + size, 0, 4);
	return put(fd, head, size + 4) && put(fd, bytes, length);
}

static int text(int fd, const char *message)
{
	return frame(fd, 1, 1, message, strlen(message));
}

/* The next text that comes, or a word for how it ended; pings and pongs are passed over. */
static const char *answer(int fd, int within_ms)
{
	static char message[70000];
	for (;;) {
		struct pollfd look = {.fd = fd, .events = POLLIN};
		unsigned char head[2], more[8];
		uint64_t length;
		if (poll(&look, 1, within_ms) == 0) return "nothing";
		if (!get(fd, head, 2)) return "closed";
		length = head[1] & 127;
		if (length == 126) {
			if (!get(fd, more, 2)) return "closed";
			length = more[0] << 8 | more[1];
		} else if (length == 127)
			return "giant";
		if (length >= sizeof message || !get(fd, message, length)) return "closed";
		message[length] = 0;
		if ((head[0] & 15) == 8) {
			int code = length >= 2 ? (unsigned char)message[0] << 8 | (unsigned char)message[1] : 0;
			static char closing[32];
			snprintf(closing, sizeof closing, "close %d", code);
			return closing;
		}
		if ((head[0] & 15) == 1) return message;
	}
}

static void sign_in(char *into, size_t size, const char *name, const char *password)
{
	snprintf(into, size, "{\"type\":\"auth\",\"name\":\"%s\",\"password\":\"%s\"}", name, password);
}

static void tell(int fd)
{
	const char *said;
	do {
		said = answer(fd, 20000);
		puts(said);
		fflush(stdout);
	} while (said[0] == '{');
}

static void guess(int count, const char *name)
{
	enum { AT_ONCE = 16 };
	int fds[AT_ONCE], unauthorized = 0, put_off = 0, other = 0;
	char message[200], password[32];
	for (int done = 0; done < count; done += AT_ONCE) {
		int now = count - done < AT_ONCE ? count - done : AT_ONCE;
		for (int i = 0; i < now; i++) {
			fds[i] = open_websocket();
			snprintf(password, sizeof password, "guess-%d", done + i);
			sign_in(message, sizeof message, name, password);
			if (fds[i] >= 0) text(fds[i], message);
		}
		for (int i = 0; i < now; i++) {
			const char *said = fds[i] < 0 ? "refused" : answer(fds[i], 60000);
			if (strcmp(said, "{\"error\":\"unauthorized\"}") == 0)
				unauthorized++;
			else if (strcmp(said, "close 1013") == 0)
				put_off++;
			else {
				other++;
				puts(said);
			}
			if (fds[i] >= 0) close(fds[i]);
		}
	}
	printf("unauthorized %d, put off %d, other %d\n", unauthorized, put_off, other);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	char message[200];
	int fd;
	port = argc > 1 ? atoi(argv[1]) : 0;
	if (strcmp(what, "guess") == 0) {
		guess(atoi(argv[3]), argv[4]);
		return 0;
	}
	if (strcmp(what, "garbage") == 0 || strcmp(what, "idle") == 0) {
		char byte;
		fd = open_socket();
		if (what[0] == 'g') put(fd, "\x16\x03\x01\x00\xff\r\n\r\n\0\0\0\0", 13);
		while (get(fd, &byte, 1))
			;
		puts("closed");
		return 0;
	}
	fd = open_websocket();
	if (fd < 0) {
		puts("refused");
		return 0;
	}
	if (strcmp(what, "fragments") == 0) {
		sign_in(message, sizeof message, argv[3], argv[4]);
		for (size_t i = 0; message[i] != 0; i++) {
			frame(fd, message[i + 1] == 0, i == 0 ? 1 : 0, message + i, 1);
			if (message[i + 1] != 0 && i % 10 == 0) frame(fd, 1, 9, "", 0);
		}
		text(fd, "{\"type\":\"telemetry\",\"status\":\"whole\",\"n\":1}");
		sleep(1);
		puts("sent");
		return 0;
	}
	if (strcmp(what, "giant") == 0) {
		size_t length = atol(argv[3]);
		char *bytes = malloc(length);
		memset(bytes, '[', length);
		frame(fd, 1, 1, bytes, length);
		free(bytes);
	} else if (strcmp(what, "announced") == 0)
		put(fd, "\x81\xff\x3f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14);
	else if (strcmp(what, "unmasked") == 0)
		put(fd, "\x81\x02{}", 4);
	else if (strcmp(what, "malformed") == 0) {
		text(fd, "{\"type\":");
		text(fd, "[]");
		text(fd, "\"auth\"");
		text(fd, "");
		frame(fd, 1, 1, "{\"type\":\"auth\xff\xfe\"}", 17);
	} else if (strcmp(what, "pings") == 0) {
		for (int i = 0; i < atoi(argv[3]); i++)
			if (!frame(fd, 1, 9, "x", 1)) break;
	} else if (strcmp(what, "early") == 0) {
		for (int i = 0; i < atoi(argv[3]); i++)
			if (!text(fd, "{\"type\":\"telemetry\",\"status\":\"idle\",\"t\":1}")) break;
	}
	tell(fd);
	return 0;
}

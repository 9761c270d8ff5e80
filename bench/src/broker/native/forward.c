/*
 * A broker that does nothing a broker is for: what a publisher sends goes to every subscriber. It shows how much the load
 * generator can ask for and take in.
 */
#include "load.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_LINKS 1024

static struct link *links[MOST_LINKS], *subscribers[MOST_LINKS];
static int link_count, subscriber_count;
/* What goes to all of them at the end of this turn, its `out`. */
static struct link all = { .server = true };

static void forward(uint8_t first, const uint8_t *body, size_t length)
{
	uint8_t head[5] = { first };
	size_t head_length = 1 + mqtt_varint(head + 1, length);
	link_send(&all, head, head_length, body, length);
}

static void flush(void)
{
	size_t length = all.out.to - all.out.from;
	for (int at = 0; at < subscriber_count && length > 0; at += 1) {
		if (subscribers[at]->state == CLOSED) continue;
		struct bytes *out = &subscribers[at]->out;
		memcpy(bytes_room(out, length), all.out.at + all.out.from, length);
		out->to += length;
	}
	bytes_use(&all.out, length);
	for (int at = 0; at < link_count; at += 1) if (links[at]->state != CLOSED) link_flush(links[at]);
}

static void on_asked(struct link *link, uint8_t first, const uint8_t *body, size_t length)
{
	bool five = link->options->version == 5;
	switch (first >> 4) {
	case 1:
		link_send(link, (uint8_t[]) { 0x20, five ? 3 : 2, 0, 0, 0 }, five ? 5 : 4, "", 0);
		return;
	case 3:
		if (first & 6) {
			const uint8_t *id = body + 2 + (body[0] << 8 | body[1]);
			link_send(link, (uint8_t[]) { 0x40, 2, id[0], id[1] }, 4, "", 0);
		}
		forward(first, body, length);
		return;
	case 8:
		subscribers[subscriber_count++] = link;
		if (five) link_send(link, (uint8_t[]) { 0x90, 4, body[0], body[1], 0, 0 }, 6, "", 0);
		else link_send(link, (uint8_t[]) { 0x90, 3, body[0], body[1], 0 }, 5, "", 0);
		return;
	}
}

static void take(int epoll, int listener, const struct options *options)
{
	for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
		if (link_count == MOST_LINKS) die("more than %d connections", MOST_LINKS);
		int on = 1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		struct link *link = calloc(1, sizeof *link);
		*link = (struct link) { .fd = fd, .server = true, .ws = options->ws, .options = options, .on_packet = on_asked };
		link->state = options->ws ? UPGRADING : READY;
		links[link_count++] = link;
		struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = link };
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	}
}

void run_forward(const struct options *options)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t length = sizeof at;
	inet_pton(AF_INET, options->host, &at.sin_addr);
	if (bind(listener, (struct sockaddr *)&at, length) < 0 || listen(listener, 512) < 0) die("can't listen");
	getsockname(listener, (struct sockaddr *)&at, &length);
	all.ws = options->ws;
	printf("port %d\n", ntohs(at.sin_port));
	fflush(stdout);
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
	for (;;) {
		struct epoll_event events[MOST_EVENTS];
		int count = epoll_wait(epoll, events, MOST_EVENTS, -1);
		for (int index = 0; index < count; index += 1) {
			if (events[index].data.ptr == NULL) take(epoll, listener, options);
			else link_handle(events[index].data.ptr, events[index].events);
		}
		flush();
	}
}

/* Connections: how many a second sign in and leave, and many that stay and do nothing. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static void on_nothing(struct link *link, uint8_t first, const uint8_t *body, size_t length)
{
	(void)link, (void)first, (void)body, (void)length;
}

static void open_again(struct link *link, int epoll, const struct options *options, int index)
{
	*link = (struct link) { .on_packet = on_nothing };
	link_open(link, epoll, options, index, NULL);
}

/* So many at a time, each until it is signed in. */
void run_connect(const struct options *options)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), index = 0;
	struct link *links = calloc(options->together, sizeof *links);
	for (; index < options->together; index += 1) open_again(&links[index], epoll, options, index);
	uint64_t signed_in = 0, before = 0;
	double begun = now_s() + options->warm, own = 0, watched = 0;
	bool measuring = false;
	for (;;) {
		struct epoll_event events[MOST_EVENTS];
		int count = epoll_wait(epoll, events, MOST_EVENTS, 100);
		for (int at = 0; at < count; at += 1) {
			struct link *link = events[at].data.ptr;
			link_handle(link, events[at].events);
			if (link->state != READY) continue;
			signed_in += 1;
			link_send(link, (uint8_t[]) { 0xe0, 0 }, 2, "", 0);
			link_flush(link);
			link_close(link);
			open_again(link, epoll, options, index++);
		}
		double now = now_s();
		if (!measuring && now >= begun) {
			measuring = true;
			begun = now;
			before = signed_in;
			own = used_s(0);
			watched = watched_s(options);
		} else if (measuring && now >= begun + options->seconds) {
			double used = watched_s(options) - watched;
			printf("{\"messages\":%lu,\"seconds\":%.6f,\"ownS\":%.6f,\"watchedS\":%.6f,\"lost\":0}\n", signed_in - before,
				now - begun, used_s(0) - own, used);
			return;
		}
	}
}

static void open_more(int epoll, const struct options *options, int from, int to)
{
	struct epoll_event events[MOST_EVENTS];
	char filter[200];
	for (int index = from; index < to; index += 1) {
		struct link *link = calloc(1, sizeof *link);
		link->on_packet = on_nothing;
		snprintf(filter, sizeof filter, "%s/%d", options->topic, index);
		link_open(link, epoll, options, index, filter);
		for (double until = now_s() + 10; link->state != READY;) {
			int count = epoll_wait(epoll, events, MOST_EVENTS, 100);
			for (int at = 0; at < count; at += 1) link_handle(events[at].data.ptr, events[at].events);
			if (now_s() > until) die("connection %d did not open within 10 s", index);
		}
	}
	printf("%d open\n", to);
	fflush(stdout);
}

/* Each number on standard input is how many connections, with one subscription each, are to be open; they stay to its end. */
void run_idle(const struct options *options)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), open = 0, wanted;
	while (scanf("%d", &wanted) == 1) {
		open_more(epoll, options, open, wanted);
		open = wanted;
	}
}

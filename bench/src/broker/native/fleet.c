/*
 * Many homes on one broker: each with an account of its own, one subscription for its commands, and one message a second;
 * beside them one client that reads how all of them do.
 */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TICK_NS 1000000
#define STUCK_S 5.0
#define NAME_SIZE 80

/* What a house says again and again, and how long it is, bytes; one after the other. */
static const struct { const char *topic; size_t size; } states[] = {
	{ "meter/main/load/state", 220 }, { "shedder/state", 420 }, { "meter/main/load/state", 220 },
	{ "meter/main/reading/state", 900 }, { "meter/main/load/state", 220 }, { "circuits/salon/state", 400 },
};
#define STATES (sizeof states / sizeof *states)
/* What the one who reads them all asks for. */
static const char *const read_filters[] = { "pilotwire/+/meter/#", "pilotwire/+/shedder/#", "pilotwire/+/circuits/#" };

struct home {
	struct link link;
	struct options options;
	char name[NAME_SIZE], secret[NAME_SIZE], filter[NAME_SIZE + 40];
	unsigned next;
};

struct payload {
	uint64_t sent_ns;
} __attribute__((packed));

static uint64_t sent, delivered;

static void on_nothing(struct link *link, uint8_t first, const uint8_t *body, size_t length)
{
	(void)link, (void)first, (void)body, (void)length;
}

static void on_delivery(struct link *link, uint8_t first, const uint8_t *body, size_t length)
{
	(void)link;
	struct payload said;
	/* What was retained before is no news. */
	if (first >> 4 != 3 || first & 1) return;
	size_t at = 2 + (body[0] << 8 | body[1]);
	if (length < at + sizeof said) die("a message of %zu bytes", length - at);
	memcpy(&said, body + at, sizeof said);
	delivered += 1;
	sample(now_ns() - said.sent_ns);
}

static void publish(struct home *home)
{
	static uint8_t payload[1024];
	uint8_t head[300];
	char topic[200];
	struct payload say = { now_ns() };
	unsigned which = home->next++ % STATES;
	memcpy(payload, &say, sizeof say);
	snprintf(topic, sizeof topic, "pilotwire/%s/%s", home->name, states[which].topic);
	home->options.size = states[which].size;
	link_send(&home->link, head, mqtt_publish_head(head, &home->options, topic, 0), payload, home->options.size);
	link_flush(&home->link);
	sent += 1;
}

static void wait_for(int epoll, struct link *link)
{
	struct epoll_event events[MOST_EVENTS];
	for (double until = now_s() + 20; link->state != READY;) {
		int count = epoll_wait(epoll, events, MOST_EVENTS, 100);
		for (int at = 0; at < count; at += 1) link_handle(events[at].data.ptr, events[at].events);
		if (now_s() > until) die("connection %d did not open within 20 s", link->index);
	}
}

/* The accounts, a name and a secret on each line: first the one who reads, then the homes. */
static void read_account(FILE *file, struct home *home)
{
	if (fscanf(file, "%79s %79s", home->name, home->secret) != 2) die("too few accounts");
}

/* The nodes of a cluster take turns. */
static int port_of(const struct options *options, int index)
{
	int count = 1;
	if (options->ports == NULL) return options->port;
	for (const char *at = options->ports; (at = strchr(at, ',')) != NULL; at += 1) count += 1;
	const char *at = options->ports;
	for (int which = index % count; which > 0; which -= 1) at = strchr(at, ',') + 1;
	return atoi(at);
}

static void open_home(int epoll, const struct options *options, struct home *home, int index)
{
	home->options = *options;
	home->options.user = home->name;
	home->options.password = home->secret;
	home->options.retain = 1;
	home->options.port = port_of(options, index);
	/* They don't all say the same at the same time. */
	home->next = index;
	snprintf(home->filter, sizeof home->filter, "pilotwire/%s/circuits/+/set", home->name);
	home->link.on_packet = on_nothing;
	link_open(&home->link, epoll, &home->options, index, home->filter);
	wait_for(epoll, &home->link);
}

static void open_reader(int epoll, const struct options *options, struct home *reader)
{
	uint8_t packet[600];
	reader->options = *options;
	reader->options.user = reader->name;
	reader->options.password = reader->secret;
	if (options->ws_port > 0) {
		reader->options.port = options->ws_port;
		reader->options.ws = true;
	}
	reader->link.on_packet = on_delivery;
	link_open(&reader->link, epoll, &reader->options, options->homes, read_filters[0]);
	wait_for(epoll, &reader->link);
	for (size_t at = 1; at < sizeof read_filters / sizeof *read_filters; at += 1) {
		link_send(&reader->link, packet, mqtt_subscribe(packet, &reader->options, read_filters[at]), "", 0);
	}
	link_flush(&reader->link);
}

/* What is due since the last time, one home after the other. */
static void keep_pace(int timer, struct home *homes, int count)
{
	static uint64_t due;
	static int next;
	uint64_t ticks;
	if (read(timer, &ticks, sizeof ticks) != sizeof ticks) return;
	for (due += ticks * TICK_NS * (uint64_t)count; due >= 1000000000; due -= 1000000000) {
		publish(&homes[next]);
		next = (next + 1) % count;
	}
}

void run_fleet(const struct options *options)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct home reader = { 0 }, *homes = calloc(options->homes, sizeof *homes);
	FILE *accounts = options->accounts == NULL ? NULL : fopen(options->accounts, "r");
	if (accounts == NULL || options->homes < 1) die("--accounts FILE and --homes NUMBER");
	read_account(accounts, &reader);
	for (int at = 0; at < options->homes; at += 1) read_account(accounts, &homes[at]);
	fclose(accounts);
	for (int at = 0; at < options->homes; at += 1) open_home(epoll, options, &homes[at], at);
	open_reader(epoll, options, &reader);
	samples_room((size_t)(options->homes * options->seconds * 2));
	struct itimerspec every = { { 0, TICK_NS }, { 0, TICK_NS } };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
	timerfd_settime(timer, 0, &every, NULL);
	epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
	enum { WARMING, MEASURING, ENDING } phase = WARMING;
	struct moment begun = { 0 }, ended = { 0 };
	double until = now_s() + options->warm, moved_s = now_s();
	for (uint64_t seen = 0; phase != ENDING || (delivered < sent && now_s() - moved_s < STUCK_S);) {
		struct epoll_event events[MOST_EVENTS];
		int count = epoll_wait(epoll, events, MOST_EVENTS, 100);
		for (int at = 0; at < count; at += 1) {
			if (events[at].data.ptr != NULL) link_handle(events[at].data.ptr, events[at].events);
			else if (phase != ENDING) keep_pace(timer, homes, options->homes);
		}
		double now = now_s();
		if (delivered != seen) moved_s = now;
		seen = delivered;
		if (phase == ENDING || now < until) continue;
		sampling(phase == WARMING);
		if (phase == WARMING) begun = moment(options, delivered);
		else ended = moment(options, delivered);
		phase += 1;
		until = now + options->seconds;
	}
	say(begun, ended, sent - delivered);
}

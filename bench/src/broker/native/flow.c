/*
 * Publishers and subscribers: how many messages a second arrive while each publisher has at most so many on their way,
 * or, at a given rate, how long each takes. Whoever is slower than the other sets the pace, so that nothing is dropped.
 */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TICK_NS 1000000
/* Undelivered messages of QoS 1 for each that may be unanswered: answers run ahead of deliveries. */
#define AHEAD 5
#define STUCK_S 2.0

static const struct options *given;
static struct link *publishers, *subscribers;
static uint64_t delivered;

struct payload {
	uint64_t sent_ns;
	uint32_t publisher;
} __attribute__((packed));

static void on_delivery(struct link *link, uint8_t first, const uint8_t *body, size_t length)
{
	if (first >> 4 != 3) return;
	uint16_t id;
	const uint8_t *payload;
	struct payload said;
	mqtt_read_publish(given, first, body, length, &id, &payload);
	memcpy(&said, payload, sizeof said);
	delivered += 1;
	publishers[said.publisher].delivered += 1;
	if (given->rate > 0) sample(now_ns() - said.sent_ns);
	if (first & 6) link_send(link, (uint8_t[]) { 0x40, 2, id >> 8, id }, 4, "", 0);
}

static void on_answer(struct link *link, uint8_t first, const uint8_t *body, size_t length)
{
	if (first >> 4 != 4) return;
	if (given->version == 5 && length > 2 && body[2] >= 0x80) die("a message is refused: %d", body[2]);
	link->answered += 1;
}

static void publish(struct link *link)
{
	static uint8_t payload[4096];
	uint8_t head[300];
	char topic[200];
	struct payload say = { given->rate > 0 ? now_ns() : 0, link->index };
	memcpy(payload, &say, sizeof say);
	snprintf(topic, sizeof topic, "%s/%d", given->topic, link->index);
	link->id = link->id % 65535 + 1;
	link_send(link, head, mqtt_publish_head(head, given, topic, link->id), payload, given->size);
	link->sent += 1;
}

static uint64_t on_their_way(const struct link *link)
{
	return link->sent - link->delivered / given->subscribers;
}

static void fill(struct link *link)
{
	uint64_t most = given->qos > 0 ? (uint64_t)given->window * AHEAD : (uint64_t)given->window;
	bool any = false;
	while (on_their_way(link) < most && (given->qos == 0 || link->sent - link->answered < (uint64_t)given->window)) {
		publish(link);
		any = true;
	}
	if (any) link_flush(link);
}

static bool all_ready(void)
{
	for (int at = 0; at < given->publishers; at += 1) if (publishers[at].state != READY) return false;
	for (int at = 0; at < given->subscribers; at += 1) if (subscribers[at].state != READY) return false;
	return true;
}

static uint64_t left(void)
{
	uint64_t sum = 0;
	for (int at = 0; at < given->publishers; at += 1) {
		sum += publishers[at].sent * given->subscribers - publishers[at].delivered;
	}
	return sum;
}

/* What is due at the given rate since the last time. */
static void keep_pace(int timer)
{
	static uint64_t due;
	uint64_t ticks;
	if (read(timer, &ticks, sizeof ticks) != sizeof ticks) return;
	due += ticks * TICK_NS * (uint64_t)given->rate;
	for (; due >= 1000000000; due -= 1000000000) publish(&publishers[0]);
	link_flush(&publishers[0]);
}

void run_flow(const struct options *options)
{
	given = options;
	int epoll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	publishers = calloc(options->publishers, sizeof *publishers);
	subscribers = calloc(options->subscribers, sizeof *subscribers);
	samples_room(options->rate > 0 ? (size_t)(options->rate * options->seconds * options->subscribers * 2) : 0);
	char filter[200];
	snprintf(filter, sizeof filter, "%s/+", options->topic);
	for (int at = 0; at < options->subscribers; at += 1) {
		subscribers[at].on_packet = on_delivery;
		link_open(&subscribers[at], epoll, options, options->publishers + at, filter);
	}
	for (int at = 0; at < options->publishers; at += 1) {
		publishers[at].on_packet = on_answer;
		link_open(&publishers[at], epoll, options, at, NULL);
	}
	enum { OPENING, WARMING, MEASURING, ENDING } phase = OPENING;
	struct moment begun = moment(options, delivered), ended = begun;
	double until = now_s() + 10, moved_s = now_s();
	for (uint64_t seen = 0;;) {
		struct epoll_event events[MOST_EVENTS];
		int count = epoll_wait(epoll, events, MOST_EVENTS, 100);
		for (int at = 0; at < count; at += 1) {
			if (events[at].data.ptr == NULL) {
				if (phase != ENDING) keep_pace(timer);
			} else link_handle(events[at].data.ptr, events[at].events);
		}
		double now = now_s();
		if (delivered != seen) moved_s = now;
		seen = delivered;
		if (phase == OPENING && all_ready()) {
			phase = WARMING;
			until = moved_s = now;
			until += options->warm;
			struct itimerspec every = { { 0, TICK_NS }, { 0, TICK_NS } };
			struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
			if (options->rate > 0) {
				timerfd_settime(timer, 0, &every, NULL);
				epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
			}
		} else if (phase == OPENING && now > until) die("not all connections opened within 10 s");
		else if (phase == WARMING && now >= until) {
			phase = MEASURING;
			begun = moment(options, delivered);
			sampling(true);
			until = now + options->seconds;
		} else if (phase == MEASURING && now >= until) {
			phase = ENDING;
			ended = moment(options, delivered);
			sampling(false);
		}
		if (phase == ENDING && (left() == 0 || now - moved_s > STUCK_S)) break;
		if (phase != OPENING && phase != ENDING && options->rate == 0) {
			for (int at = 0; at < options->publishers; at += 1) fill(&publishers[at]);
			if (now - moved_s > STUCK_S) die("nothing arrives any more: %lu messages are lost", left());
		}
	}
	say(begun, ended, left());
}

/* A connection that never blocks: signs in, subscribes where it has a filter, then hands out packets. */
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE (256 * 1024)
/* Addresses that connections come from: one has 28,000 ports, which are not free at once after use. */
#define SOURCES 64

uint8_t *bytes_room(struct bytes *bytes, size_t count)
{
	if (bytes->from == bytes->to) bytes->from = bytes->to = 0;
	if (bytes->to + count > bytes->size && bytes->from > 0) {
		memmove(bytes->at, bytes->at + bytes->from, bytes->to - bytes->from);
		bytes->to -= bytes->from;
		bytes->from = 0;
	}
	if (bytes->to + count > bytes->size) {
		bytes->size = (bytes->to + count) * 2;
		bytes->at = realloc(bytes->at, bytes->size);
		if (bytes->at == NULL) die("no memory");
	}
	return bytes->at + bytes->to;
}

void bytes_use(struct bytes *bytes, size_t count)
{
	bytes->from += count;
}

static void bytes_free(struct bytes *bytes)
{
	free(bytes->at);
	*bytes = (struct bytes) { 0 };
}

void link_open(struct link *link, int epoll, const struct options *options, int index, const char *filter)
{
	static unsigned source;
	link->options = options;
	link->ws = options->ws;
	link->index = index;
	link->filter = filter;
	link->state = CONNECTING;
	link->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;
	setsockopt(link->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010001 + source++ % SOURCES) };
	if (bind(link->fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind: %s", strerror(errno));
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(options->port) };
	inet_pton(AF_INET, options->host, &to.sin_addr);
	if (connect(link->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) {
		die("connect to %s:%d: %s", options->host, options->port, strerror(errno));
	}
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = link };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, link->fd, &event) < 0) die("epoll: %s", strerror(errno));
}

void link_close(struct link *link)
{
	close(link->fd);
	link->state = CLOSED;
	bytes_free(&link->raw);
	bytes_free(&link->in);
	bytes_free(&link->out);
}

/* Over WebSocket each packet has a frame of its own, as client libraries write them. */
void link_send(struct link *link, const uint8_t *head, size_t head_length, const void *rest, size_t rest_length)
{
	if (link->ws) {
		ws_frame(&link->out, head, head_length, rest, rest_length, !link->server);
		return;
	}
	uint8_t *at = bytes_room(&link->out, head_length + rest_length);
	memcpy(at, head, head_length);
	memcpy(at + head_length, rest, rest_length);
	link->out.to += head_length + rest_length;
}

void link_flush(struct link *link)
{
	struct bytes *out = &link->out;
	while (out->from < out->to) {
		ssize_t count = send(link->fd, out->at + out->from, out->to - out->from, MSG_NOSIGNAL);
		if (count < 0) {
			if (errno == EAGAIN) return;
			die("connection %d: %s", link->index, strerror(errno));
		}
		bytes_use(out, count);
	}
}

static void say_connect(struct link *link)
{
	uint8_t packet[1200];
	link->state = SIGNING_IN;
	link_send(link, packet, mqtt_connect(packet, link->options, link->index), "", 0);
}

static void opened(struct link *link)
{
	if (!link->ws) {
		say_connect(link);
		return;
	}
	char request[512];
	size_t length = ws_upgrade(request, sizeof request, link->options);
	memcpy(bytes_room(&link->out, length), request, length);
	link->out.to += length;
	link->state = UPGRADING;
}

static void greet(struct link *link, uint8_t first, const uint8_t *body, size_t length)
{
	if (link->state == SIGNING_IN) {
		if (first != 0x20 || body[1] != 0) die("connection %d is refused: %d", link->index, body[1]);
		link->state = READY;
		if (link->filter == NULL) return;
		uint8_t packet[600];
		link->state = SUBSCRIBING;
		link_send(link, packet, mqtt_subscribe(packet, link->options, link->filter), "", 0);
	} else if (first == 0x90) {
		if (body[length - 1] > 2) die("the subscription to %s is refused: %d", link->filter, body[length - 1]);
		link->state = READY;
	}
}

static void packets(struct link *link)
{
	struct bytes *in = &link->in;
	for (;;) {
		const uint8_t *at = in->at + in->from;
		size_t have = in->to - in->from, length = 0, head = 1;
		bool whole = false;
		for (int shift = 0; head < have && head <= 4 && !whole; shift += 7) {
			length |= (size_t)(at[head] & 0x7f) << shift;
			whole = !(at[head++] & 0x80);
		}
		if (!whole || have < head + length) return;
		if (!link->server && link->state != READY) greet(link, at[0], at + head, length);
		else if (!link->server && at[0] == 0xe0) die("connection %d is sent away: %d", link->index, at[head]);
		else link->on_packet(link, at[0], at + head, length);
		if (link->state == CLOSED) return;
		bytes_use(in, head + length);
	}
}

static void received(struct link *link)
{
	if (link->ws) {
		if (link->state == UPGRADING) {
			if (!ws_upgraded(&link->raw, link->server)) return;
			if (!link->server) say_connect(link);
			else {
				static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
					"Connection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
				memcpy(bytes_room(&link->out, sizeof answer), answer, sizeof answer - 1);
				link->out.to += sizeof answer - 1;
				link->state = READY;
			}
		}
		if (!ws_unframe(&link->raw, &link->in)) {
			if (link->server) return;
			die("connection %d is closed by the broker", link->index);
		}
	}
	packets(link);
}

void link_handle(struct link *link, uint32_t events)
{
	if (link->state == CLOSED) return;
	if (link->state == CONNECTING && events & EPOLLOUT && !(events & EPOLLERR)) opened(link);
	struct bytes *into = link->ws ? &link->raw : &link->in;
	while (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		uint8_t *at = bytes_room(into, READ_SIZE);
		ssize_t count = recv(link->fd, at, READ_SIZE, 0);
		if (count < 0 && errno == EAGAIN) break;
		if (count <= 0 && link->server) {
			link_close(link);
			return;
		}
		if (count <= 0) die("connection %d is cut: %s", link->index, count == 0 ? "by the broker" : strerror(errno));
		into->to += count;
		received(link);
		if (link->state == CLOSED) return;
		if (count < READ_SIZE) break;
	}
	link_flush(link);
}

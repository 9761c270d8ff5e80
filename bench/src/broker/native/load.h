/* What the parts of the load generator share. One process, one thread, one epoll: see main.c for what it can do. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_EVENTS 256

struct options {
	const char *host, *topic, *user, *password, *watch, *accounts, *ports;
	int port, ws_port, version, qos, publishers, subscribers, window, rate, together, homes, retain;
	size_t size;
	double warm, seconds;
	bool ws, kept;
};

/* Bytes that grow at the end and are used up at the front. */
struct bytes {
	uint8_t *at;
	size_t from, to, size;
};

uint8_t *bytes_room(struct bytes *bytes, size_t count);
void bytes_use(struct bytes *bytes, size_t count);

enum state { CONNECTING, UPGRADING, SIGNING_IN, SUBSCRIBING, READY, CLOSED };

struct link;
typedef void on_packet(struct link *link, uint8_t first, const uint8_t *body, size_t length);

/* One connection, from the client's side or (forward.c) the broker's. */
struct link {
	int fd, index;
	bool server, ws;
	enum state state;
	const struct options *options;
	const char *filter;
	on_packet *on_packet;
	/* Raw bytes of a WebSocket; bytes of MQTT; what is to be written. */
	struct bytes raw, in, out;
	/* Packets written since the connection is ready, answered, and delivered. */
	uint64_t sent, answered, delivered;
	uint16_t id;
};

/* link.c */
void link_open(struct link *link, int epoll, const struct options *options, int index, const char *filter);
void link_handle(struct link *link, uint32_t events);
void link_send(struct link *link, const uint8_t *head, size_t head_length, const void *rest, size_t rest_length);
void link_flush(struct link *link);
void link_close(struct link *link);

/* websocket.c */
void ws_frame(struct bytes *out, const uint8_t *head, size_t head_length, const void *rest, size_t rest_length, bool mask);
bool ws_unframe(struct bytes *raw, struct bytes *in);
size_t ws_upgrade(char *into, size_t size, const struct options *options);
bool ws_upgraded(struct bytes *raw, bool server);

/* mqtt.c */
size_t mqtt_varint(uint8_t *at, size_t value);
size_t mqtt_connect(uint8_t *at, const struct options *options, int index);
size_t mqtt_subscribe(uint8_t *at, const struct options *options, const char *filter);
size_t mqtt_publish_head(uint8_t *at, const struct options *options, const char *topic, uint16_t id);
void mqtt_read_publish(const struct options *options, uint8_t first, const uint8_t *body, size_t length, uint16_t *id,
	const uint8_t **payload);

/* main.c */
double now_s(void);
uint64_t now_ns(void);
double used_s(int pid);
double watched_s(const struct options *options);
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* result.c */
struct moment {
	double at_s, own_s, watched_s;
	uint64_t delivered;
};
struct moment moment(const struct options *options, uint64_t delivered);
void samples_room(size_t most);
void sampling(bool on);
void sample(uint64_t took_ns);
void say(struct moment begun, struct moment ended, uint64_t lost);

/* What it can do. */
void run_flow(const struct options *options);
void run_connect(const struct options *options);
void run_idle(const struct options *options);
void run_forward(const struct options *options);
void run_fleet(const struct options *options);

/* The packets of MQTT 3.1.1 and 5 that a load needs; of version 5 without properties. */
#include "load.h"
#include <stdio.h>
#include <string.h>

static size_t text(uint8_t *at, const char *value)
{
	size_t length = strlen(value);
	at[0] = length >> 8;
	at[1] = length;
	memcpy(at + 2, value, length);
	return length + 2;
}

size_t mqtt_varint(uint8_t *at, size_t value)
{
	size_t count = 0;
	do {
		at[count] = value & 0x7f;
		value >>= 7;
		if (value > 0) at[count] |= 0x80;
		count += 1;
	} while (value > 0);
	return count;
}

static size_t packet(uint8_t *at, uint8_t first, const uint8_t *body, size_t length)
{
	at[0] = first;
	size_t head = 1 + mqtt_varint(at + 1, length);
	memcpy(at + head, body, length);
	return head + length;
}

size_t mqtt_connect(uint8_t *at, const struct options *options, int index)
{
	uint8_t body[1024];
	char id[32];
	snprintf(id, sizeof id, "load-%d", index);
	size_t to = text(body, "MQTT");
	body[to++] = options->version;
	body[to++] = (options->user ? 0xc0 : 0) | (options->kept ? 0 : 2);
	body[to++] = 0;
	body[to++] = 0;
	if (options->version == 5) body[to++] = 0;
	to += text(body + to, id);
	if (options->user) {
		to += text(body + to, options->user);
		to += text(body + to, options->password);
	}
	return packet(at, 0x10, body, to);
}

size_t mqtt_subscribe(uint8_t *at, const struct options *options, const char *filter)
{
	uint8_t body[512] = { 0, 1 };
	size_t to = 2;
	if (options->version == 5) body[to++] = 0;
	to += text(body + to, filter);
	body[to++] = options->qos;
	return packet(at, 0x82, body, to);
}

/* All of a PUBLISH but its payload, which is of the size that the options say. */
size_t mqtt_publish_head(uint8_t *at, const struct options *options, const char *topic, uint16_t id)
{
	size_t length = 2 + strlen(topic) + (options->qos > 0 ? 2 : 0) + (options->version == 5 ? 1 : 0) + options->size;
	at[0] = 0x30 | options->qos << 1 | options->retain;
	size_t to = 1 + mqtt_varint(at + 1, length);
	to += text(at + to, topic);
	if (options->qos > 0) {
		at[to++] = id >> 8;
		at[to++] = id;
	}
	if (options->version == 5) at[to++] = 0;
	return to;
}

void mqtt_read_publish(const struct options *options, uint8_t first, const uint8_t *body, size_t length, uint16_t *id,
	const uint8_t **payload)
{
	size_t at = 2 + (body[0] << 8 | body[1]);
	*id = 0;
	if (first & 6) {
		*id = body[at] << 8 | body[at + 1];
		at += 2;
	}
	if (options->version == 5) at += 1 + body[at];
	if (at + options->size != length) die("a message of %zu bytes, expected %zu", length - at, options->size);
	*payload = body + at;
}

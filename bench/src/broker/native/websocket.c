/* RFC 6455, as far as binary frames go: masked by the client, not by the broker. */
#include "load.h"
#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>

static uint32_t next_key(void)
{
	static uint32_t state = 2463534242u;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void masked(uint8_t *bytes, size_t length, uint32_t key)
{
	uint64_t both = (uint64_t)key << 32 | key;
	size_t at = 0;
	for (; at + 8 <= length; at += 8) {
		uint64_t word;
		memcpy(&word, bytes + at, 8);
		word ^= both;
		memcpy(bytes + at, &word, 8);
	}
	for (; at < length; at += 1) bytes[at] ^= (uint8_t)(key >> 8 * (at & 3));
}

/* One frame with head and rest. */
void ws_frame(struct bytes *out, const uint8_t *head, size_t head_length, const void *rest, size_t rest_length, bool mask)
{
	size_t length = head_length + rest_length;
	uint8_t *at = bytes_room(out, length + 14);
	size_t to = 0;
	uint8_t bit = mask ? 0x80 : 0;
	at[to++] = 0x82;
	if (length < 126) at[to++] = bit | length;
	else if (length < 65536) {
		at[to++] = bit | 126;
		at[to++] = length >> 8;
		at[to++] = length;
	} else {
		uint64_t big = htobe64(length);
		at[to++] = bit | 127;
		memcpy(at + to, &big, 8);
		to += 8;
	}
	uint32_t key = mask ? next_key() : 0;
	if (mask) {
		memcpy(at + to, &key, 4);
		to += 4;
	}
	memcpy(at + to, head, head_length);
	memcpy(at + to + head_length, rest, rest_length);
	if (mask) masked(at + to, length, key);
	out->to += to + length;
}

/* Moves the content of the whole frames that came; false where the other end closes. */
bool ws_unframe(struct bytes *raw, struct bytes *in)
{
	for (;;) {
		uint8_t *at = raw->at + raw->from;
		size_t have = raw->to - raw->from;
		if (have < 2) return true;
		size_t length = at[1] & 0x7f, head = 2;
		if (length == 126) {
			if (have < 4) return true;
			length = at[2] << 8 | at[3];
			head = 4;
		} else if (length == 127) {
			uint64_t big;
			if (have < 10) return true;
			memcpy(&big, at + 2, 8);
			length = be64toh(big);
			head = 10;
		}
		uint32_t key = 0;
		bool mask = at[1] & 0x80;
		if (mask) head += 4;
		if (have < head + length) return true;
		if (mask) {
			memcpy(&key, at + head - 4, 4);
			masked(at + head, length, key);
		}
		int kind = at[0] & 0x0f;
		if (kind == 8) return false;
		if (kind <= 2) {
			memcpy(bytes_room(in, length), at + head, length);
			in->to += length;
		}
		bytes_use(raw, head + length);
	}
}

size_t ws_upgrade(char *into, size_t size, const struct options *options)
{
	return snprintf(into, size,
		"GET /mqtt HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
		options->host, options->port);
}

/* Whether the head of the request or its answer is complete; takes it away. */
bool ws_upgraded(struct bytes *raw, bool server)
{
	uint8_t *at = raw->at + raw->from;
	size_t have = raw->to - raw->from;
	uint8_t *end = memmem(at, have, "\r\n\r\n", 4);
	if (end == NULL) return false;
	if (!server && (have < 12 || memcmp(at, "HTTP/1.1 101", 12) != 0)) die("no WebSocket: %.*s", (int)(end - at), at);
	bytes_use(raw, end - at + 4);
	return true;
}

/* What a run says: how much in which time, and how long each message took. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>

static uint32_t *samples;
static size_t sample_count, most_samples;
static bool is_sampling;

void samples_room(size_t most)
{
	most_samples = most;
	samples = calloc(most + 1, sizeof *samples);
}

void sampling(bool on)
{
	is_sampling = on;
}

void sample(uint64_t took_ns)
{
	if (is_sampling && sample_count < most_samples) samples[sample_count++] = took_ns > UINT32_MAX ? UINT32_MAX : took_ns;
}

static int by_size(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return (one > other) - (one < other);
}

static double quantile_us(double p)
{
	if (sample_count == 0) return 0;
	size_t at = p * sample_count;
	return samples[at < sample_count ? at : sample_count - 1] / 1e3;
}

struct moment moment(const struct options *options, uint64_t delivered)
{
	return (struct moment) { now_s(), used_s(0), watched_s(options), delivered };
}

void say(struct moment begun, struct moment ended, uint64_t lost)
{
	qsort(samples, sample_count, sizeof *samples, by_size);
	printf("{\"messages\":%lu,\"seconds\":%.6f,\"ownS\":%.6f,\"watchedS\":%.6f,\"lost\":%lu,\"samples\":%zu,"
		"\"p50Us\":%.1f,\"p99Us\":%.1f}\n",
		ended.delivered - begun.delivered, ended.at_s - begun.at_s, ended.own_s - begun.own_s,
		ended.watched_s - begun.watched_s, lost, sample_count, quantile_us(0.5), quantile_us(0.99));
}

/*
 * The load generator of `npm run bench -- broker`.
 *   load flow     publishers and subscribers: throughput, or latency at a rate
 *   load connect  sign-ins a second
 *   load idle     connections that stay
 *   load fleet    homes with an account each, and one who reads them all
 *   load forward  the other end, for the generator's own limit
 * Options are `--name value`, see `read_options`; results are JSON on standard output.
 */
#include "load.h"
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Noreturn void die(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	fputs("load: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
	exit(1);
}

uint64_t now_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

double now_s(void)
{
	return now_ns() / 1e9;
}

/*
 * Processor time of a process, all its threads; of this one for 0. From the scheduler's own count: that of proc(5)'s `stat`
 * looks at each tick only, and misses most of a process that wakes often for a moment.
 */
double used_s(int pid)
{
	char path[64];
	unsigned long long sum = 0, one;
	snprintf(path, sizeof path, "/proc/%d/task", pid == 0 ? getpid() : pid);
	DIR *tasks = opendir(path);
	if (tasks == NULL) die("process %d is gone", pid);
	for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
		if (task->d_name[0] == '.') continue;
		char name[300];
		snprintf(name, sizeof name, "%.60s/%.200s/schedstat", path, task->d_name);
		FILE *file = fopen(name, "r");
		if (file == NULL) continue;
		if (fscanf(file, "%llu", &one) == 1) sum += one;
		fclose(file);
	}
	closedir(tasks);
	return sum / 1e9;
}

/* Processor time of all processes that are watched: their ids, separated by commas. */
double watched_s(const struct options *options)
{
	double sum = 0;
	for (const char *at = options->watch; at != NULL && *at != '\0';) {
		sum += used_s(atoi(at));
		at = strchr(at, ',');
		if (at != NULL) at += 1;
	}
	return sum;
}

static void read_options(struct options *options, char **words)
{
	const struct { const char *name; int *number; const char **text; double *seconds; } known[] = {
		{ "--host", .text = &options->host }, { "--port", .number = &options->port }, { "--topic", .text = &options->topic },
		{ "--user", .text = &options->user }, { "--password", .text = &options->password },
		{ "--version", .number = &options->version }, { "--qos", .number = &options->qos }, { "--publishers", .number = &options->publishers },
		{ "--subscribers", .number = &options->subscribers }, { "--window", .number = &options->window }, { "--rate", .number = &options->rate },
		{ "--together", .number = &options->together }, { "--watch", .text = &options->watch }, { "--accounts", .text = &options->accounts },
		{ "--ports", .text = &options->ports },
		{ "--ws-port", .number = &options->ws_port }, { "--homes", .number = &options->homes },
		{ "--warm", .seconds = &options->warm }, { "--seconds", .seconds = &options->seconds },
	};
	for (; *words != NULL; words += 1) {
		if (strcmp(*words, "--ws") == 0) options->ws = true;
		else if (strcmp(*words, "--kept") == 0) options->kept = true;
		else {
			size_t at = 0;
			while (at < sizeof known / sizeof *known && strcmp(*words, known[at].name) != 0) at += 1;
			if (at == sizeof known / sizeof *known || words[1] == NULL) die("what is %s?", *words);
			words += 1;
			if (known[at].number != NULL) *known[at].number = atoi(*words);
			else if (known[at].text != NULL) *known[at].text = *words;
			else *known[at].seconds = atof(*words);
		}
	}
}

int main(int count, char **words)
{
	struct options options = {
		.host = "127.0.0.1", .topic = "bench", .version = 4, .publishers = 1, .subscribers = 1, .window = 1000, .size = 64,
		.together = 16, .warm = 0.5, .seconds = 2,
	};
	if (count < 2) die("flow, connect, idle, fleet or forward?");
	read_options(&options, words + 2);
	if (strcmp(words[1], "flow") == 0) run_flow(&options);
	else if (strcmp(words[1], "connect") == 0) run_connect(&options);
	else if (strcmp(words[1], "idle") == 0) run_idle(&options);
	else if (strcmp(words[1], "fleet") == 0) run_fleet(&options);
	else if (strcmp(words[1], "forward") == 0) run_forward(&options);
	else die("flow, connect, idle, fleet or forward?");
	return 0;
}

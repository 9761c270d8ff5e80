import * as z from 'zod/mini';
import { count, instant, seconds } from './common.ts';

/** A share of the whole, percent. */
const percent = z.number().check(z.gte(0), z.lte(100));
/** A size, bytes. */
const bytes = z.number().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER));
const word = z.string().check(z.minLength(1), z.maxLength(64));

/** Watches run at these rhythms. Seconds. */
export const SHORTEST_WATCH_S = 0.5;
export const LONGEST_WATCH_S = 60;
/** A watch that is not renewed ends after this: a watcher may vanish without a goodbye. Seconds. */
export const WATCH_LEASE_S = 30;

const used = z.object({ totalBytes: bytes, usedBytes: bytes });

/** A file system, and how worn its medium is where that says it (eMMC). */
const disk = z.object({
	mount: z.string().check(z.maxLength(256)),
	totalBytes: bytes,
	usedBytes: bytes,
	/** At most so much of its life is used, percent; over 100 where it says that its life is over. */
	wearPercent: z.optional(z.number().check(z.gte(0), z.lte(110))),
});

/** What a Raspberry Pi's firmware says of its supply and heat; now, and whether it happened since the start. */
const throttling = z.object({
	underVoltage: z.boolean(),
	throttled: z.boolean(),
	underVoltageSeen: z.boolean(),
	throttledSeen: z.boolean(),
});

/** What is known of a machine at any moment. */
export const hostFigures = z.object({
	/** All cores together, since the figures before. */
	cpuPercent: percent,
	/** Processes that run or want to, mean of the last minute. */
	load: z.number().check(z.gte(0)),
	memory: used,
	swap: z.optional(used),
	/** °C; absent where no sensor says it. */
	temperatureC: z.optional(z.number().check(z.gte(-55), z.lte(150))),
	throttling: z.optional(throttling),
	disks: z.array(disk).check(z.maxLength(32)),
});
export type HostFigures = z.infer<typeof hostFigures>;

/** `hosts/<id>/state`: the machine once a minute, and who watches it. */
export const hostState = z.extend(hostFigures, {
	at: instant,
	name: z.string(),
	/** Such as `Raspberry Pi 4 Model B Rev 1.4`; absent where the machine doesn't say it. */
	model: z.optional(z.string()),
	/** Kernel and its version, and the processor's architecture as Node names it. */
	system: z.string(),
	architecture: word,
	cores: z.int().check(z.positive()),
	bootedAt: instant,
	/** Whether its figures go into the history. */
	history: z.boolean(),
	/** Absent while nobody watches. */
	watch: z.optional(z.object({ watchers: count, everyS: seconds })),
});
export type HostState = z.infer<typeof hostState>;

const networkRate = z.object({ interface: word, receivedBytesPerS: bytes, sentBytesPerS: bytes });

const processFigures = z.object({
	pid: z.int(),
	name: z.string(),
	user: z.string(),
	/** Of all cores together, as cpuPercent is. */
	cpuPercent: percent,
	memoryBytes: bytes,
	/** With its arguments, cut where it is long. */
	command: z.string(),
});

/** `hosts/<id>/log`: one sample for all who watch. */
export const hostLog = z.extend(hostFigures, {
	at: instant,
	/** Time since the sample before, as asked for by the most impatient watcher. Seconds. */
	everyS: seconds,
	coresPercent: z.array(percent),
	network: z.array(networkRate),
	/** The busiest first. */
	processes: z.array(processFigures),
	/** All there are, listed or not. */
	processCount: count,
	/** What could not be read, in words. */
	problem: z.optional(z.string()),
});
export type HostLog = z.infer<typeof hostLog>;

/** `hosts/<id>/set`: somebody watches, at a rhythm, until the lease ends or is renewed; or no longer does. */
export const hostSet = z.union([
	z.strictObject({
		watch: z.strictObject({
			/** One word for each watcher, made at random. */
			by: word,
			everyS: z.number().check(z.gte(SHORTEST_WATCH_S), z.lte(LONGEST_WATCH_S)),
		}),
	}),
	z.strictObject({ unwatch: z.strictObject({ by: word }) }),
]);
export type HostSet = z.infer<typeof hostSet>;

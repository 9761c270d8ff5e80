import { type RemoteMethod, remoteMethod } from '@pilotwire/runtime';
import * as z from 'zod';
import { Copier, type CopyParts, type CopyState } from './copy/copier.ts';
import { type Point, toPoint } from './core/point.ts';
import { nothingToCopy, pointsRefused } from './errors.ts';

/** Points that may wait for the stores before more are taken. */
const MOST_WAITING = 50_000;

/** What the methods that change the history work on. */
export interface AdminParts {
	/** Takes points; settles once they are on the disk. */
	readonly add: (points: readonly Point[]) => Promise<void>;
	/** Points that no store has confirmed yet. */
	readonly waiting: () => number;
	/** What a copy to a store of this name works on; undefined where it isn't configured, or is the only one. */
	readonly copyParts: (to: string) => CopyParts | undefined;
	readonly pause: () => Promise<void>;
}

const importParameters = z.strictObject({
	points: z
		.array(
			z.strictObject({
				series: z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/),
				tags: z.record(z.string().max(64), z.string().max(100)),
				at: z.int(),
				value: z.union([z.number(), z.string().max(1_000)]),
			}),
		)
		.max(5_000),
});
const copyParameters = z.strictObject({
	to: z.enum(['sqlite', 'influxdb']),
	afresh: z.boolean().default(false),
});

/** The copy that runs, one at a time. */
export class CopyJob {
	#copier: Copier | undefined;
	#to: string | undefined;

	/** Begins, goes on, or only says how far it is. */
	async ensure(parts: CopyParts, afresh: boolean): Promise<CopyState> {
		const { target } = parts;
		if (this.#copier === undefined || this.#to !== target.name || afresh || this.#copier.state.isDone) {
			await this.#copier?.stop();
			this.#copier = await Copier.begin(parts, afresh || this.#to === target.name);
			this.#to = target.name;
		}
		return this.#copier.state;
	}

	get state(): CopyState | undefined {
		return this.#copier?.state;
	}

	async stop(): Promise<void> {
		await this.#copier?.stop();
	}
}

/** `history.import` and `history.copy`: for administrators, under a name of their own on the bus. */
export function adminMethods(parts: AdminParts, job: CopyJob): Readonly<Record<string, RemoteMethod>> {
	return {
		'history.import': remoteMethod(importParameters, async ({ points }) => {
			const taken = points.map((point) => toPoint(point)).filter((point) => point !== undefined);
			if (taken.length < points.length) throw pointsRefused(points.length - taken.length, points.length);
			// An import is faster than a card: it waits for it.
			while (parts.waiting() > MOST_WAITING) await parts.pause();
			await parts.add(taken);
			return { taken: taken.length };
		}),
		'history.copy': remoteMethod(copyParameters, async ({ to, afresh }) => {
			const copied = parts.copyParts(to);
			if (copied === undefined) throw nothingToCopy(to);
			return job.ensure(copied, afresh);
		}),
		'history.copyState': remoteMethod(z.strictObject({}), () => job.state ?? null),
	};
}

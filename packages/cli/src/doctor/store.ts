import { type Finding, failing, ok, reported, wrong } from './finding.ts';

/** A database file of the house. */
export interface DatabaseFacts {
	/** Such as `accounts`. */
	readonly name: string;
	readonly path: string;
	/**
	 * `sound`: read through without a fault; `used`: a running service has it, which checks it itself; `none`: there is no
	 * such file yet; else what is wrong, and what to do.
	 */
	readonly state:
		| 'sound'
		| 'used'
		| 'none'
		| { readonly code: string; readonly problem: string; readonly todo: string };
}

/** An InfluxDB of the house. */
export interface InfluxdbFacts {
	readonly url: string;
	/** Its version, or why it doesn't answer. */
	readonly answer: { readonly version: string } | { readonly problem: string };
}

/** What the running telemetry says of a store. */
export interface LiveStore {
	readonly store: string;
	readonly waiting: number;
	readonly dropped: number;
	readonly problem?: string | undefined;
}

/** Whether a file can be read through. */
export function judgeDatabase({ name, path, state }: DatabaseFacts): Finding {
	const check = `${name} file`;
	if (state === 'sound') return ok(check, `${path} is sound`);
	if (state === 'used') return ok(check, `${path}, in use by the running house, which checked it at its start`);
	if (state === 'none') return ok(check, `${path}: none yet; it comes with the first start`);
	return failing(state, check, state.problem, state.todo);
}

/** Whether the server answers. */
export function judgeInfluxdb({ url, answer }: InfluxdbFacts): Finding {
	if ('version' in answer) return ok('InfluxDB', `${url} answers, version ${answer.version}`);
	const todo =
		'sudo systemctl start influxdb, or correct history.influxdb.url; until then what was measured waits here';
	return wrong('INFLUXDB_AWAY', 'InfluxDB', `${url} doesn't answer: ${answer.problem}`, todo);
}

/** What telemetry itself says of its stores. */
export function judgeLiveStores(stores: readonly LiveStore[]): Finding[] {
	return stores.map(({ store, waiting, dropped, problem }) => {
		if (problem !== undefined) {
			const todo = "journalctl -u 'pilotwire*' | grep telemetry";
			return reported('STORE_REPORTED', 'history', `${store}: `, problem, todo);
		}
		const lost = dropped > 0 ? `, ${dropped} points given up since the start` : '';
		return ok('history', `${store} takes what is measured; ${waiting} points on their way${lost}`);
	});
}

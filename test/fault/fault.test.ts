// Each process of a house is lost in turn, by kill -9 and by hanging (SIGSTOP), while the evening's peak is on.
import { join } from 'node:path';
import { expect } from 'chai';
import type { SimulatedHouse } from '../support/simulated-house.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { spendEvening } from './evening.ts';

const SOAK = process.env['PILOTWIRE_SOAK'] === '1';
/** Each fault so often, at another moment of the peak each time. */
const TIMES = SOAK ? 20 : 2;
/** Houses side by side: more would fight for the machine's cores. So many, that two rounds are enough for CI. */
const AT_ONCE = 10;

const SERVICES = ['broker', 'meter-reader', 'radiator-actuator', 'load-shedder'];

interface Scenario {
	readonly name: string;
	readonly faultAtS: number;
	readonly fault: (house: SimulatedHouse) => Promise<void>;
}

const signalTo =
	(service: string, signal: NodeJS.Signals) =>
	async (house: SimulatedHouse): Promise<void> => {
		process.kill(house.pidOf(service), signal);
	};

/** What systemd does with a supervisor that was killed: its children leave, and it starts again. */
const loseSupervisor = async (house: SimulatedHouse): Promise<void> => {
	await house.supervisor.kill('SIGKILL');
	await house.startServices();
};

const scenarios: Scenario[] = Array.from({ length: TIMES }, (_, time) => {
	const faultAtS = Math.round((time * 40) / Math.max(1, TIMES - 1));
	return [
		...SERVICES.flatMap((service) => [
			{ name: `${service} killed ${faultAtS} s into the peak`, faultAtS, fault: signalTo(service, 'SIGKILL') },
			{ name: `${service} hung ${faultAtS} s into the peak`, faultAtS, fault: signalTo(service, 'SIGSTOP') },
		]),
		{ name: `the supervisor killed ${faultAtS} s into the peak`, faultAtS, fault: loseSupervisor },
	];
}).flat();

/** Runs tasks, so many at once, and gives a promise for each. */
function pooled<Result>(tasks: readonly (() => Promise<Result>)[], atOnce: number): Promise<Result>[] {
	const promises: Promise<Result>[] = [];
	const free = Array.from({ length: atOnce }, () => Promise.resolve());
	for (const [index, task] of tasks.entries()) {
		const slot = index % atOnce;
		const run = (free[slot] as Promise<void>).then(task);
		free[slot] = run.then(
			() => undefined,
			() => undefined,
		);
		run.catch(() => undefined);
		promises.push(run);
	}
	return promises;
}

describe('an evening peak while a process is lost', function () {
	this.timeout(SOAK ? 4 * 3_600_000 : 900_000);
	const folder = temporaryDirectory('suite');
	let unprotected: Promise<unknown>;
	let evenings: Promise<unknown>[];

	before(() => {
		const evening = (index: number, scenario: Omit<Scenario, 'name'>, config?: Record<string, unknown>) => () =>
			spendEvening({
				folder: join(folder.path, String(index)),
				host: `127.0.${1 + Math.floor(index / 200)}.${1 + (index % 200)}`,
				...scenario,
				...(config === undefined ? {} : { config }),
			});
		const nothing = { faultAtS: 0, fault: async () => undefined };
		const disabled = { shedder: { enabled: false }, fallback: { enabled: false } };
		[unprotected, ...evenings] = pooled(
			[evening(0, nothing, disabled), ...scenarios.map((scenario, index) => evening(index + 1, scenario))],
			AT_ONCE,
		) as [Promise<unknown>, ...Promise<unknown>[]];
	});

	it('opens the breaker where nothing is shed', async () => {
		const outcome: unknown = await unprotected.catch((error: unknown) => error);
		expect(String(outcome)).to.include('the breaker opened');
	});

	for (const [index, { name }] of scenarios.entries()) {
		it(`keeps the breaker closed and every room warm: ${name}`, async () => {
			await evenings[index];
		});
	}
});

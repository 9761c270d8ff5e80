import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setImmediate as immediate } from 'node:timers/promises';
import { Bus, createContext, remoteMethod, serveRpc, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import * as z from 'zod';
import { Site } from './support/site.ts';

/** What the test lets go on, in the order in which it came. */
class Gate {
	readonly #waiting: (() => void)[] = [];
	#isOpen = false;

	pass(): Promise<void> {
		return this.#isOpen ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
	}

	get waiting(): number {
		return this.#waiting.length;
	}

	open(): void {
		this.#isOpen = true;
		for (const go of this.#waiting.splice(0)) go();
	}
}

describe('Clients that leave before they are answered', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();
	let site: Site;
	let gate: Gate;

	beforeEach(async () => {
		gate = new Gate();
		site = await new Site(directory.path).start();
	});
	afterEach(() => site.close());

	/** Asks, and leaves once the server has begun to work on it. */
	const leave = async (path: string, headers: Record<string, string>): Promise<void> => {
		const before = gate.waiting;
		const asked = request({ host: '127.0.0.1', port: site.port, path, headers, agent: false });
		asked.on('error', () => {});
		asked.end();
		await until('the server works on it', () => gate.waiting > before);
		const gone = new Promise((resolve) => asked.once('close', resolve));
		asked.destroy();
		await gone;
	};
	/** The status and code with which something is answered that may never end. */
	const beginningOf = async (path: string, headers: Record<string, string>): Promise<number | undefined> => {
		const asked = request({ host: '127.0.0.1', port: site.port, path, headers, agent: false });
		asked.on('error', () => {});
		asked.end();
		const [answer] = (await once(asked, 'response')) as [IncomingMessage];
		asked.destroy();
		return answer.statusCode;
	};

	it('hold no stream of events', async () => {
		site.accounts.apiTokens.set('t', 'viewer');
		const tokenOf = site.accounts.apiTokenOf.bind(site.accounts);
		site.accounts.apiTokenOf = async (secret) => {
			await gate.pass();
			return tokenOf(secret);
		};
		const headers = { authorization: 'Bearer t' };
		for (let times = 0; times < 40; times += 1) await leave('/api/v1/events', headers);
		// That the server has seen all of them go.
		await site.ask('GET', '/healthz');
		gate.open();
		expect(await beginningOf('/api/v1/events', headers)).to.equal(200);
	});

	it('hold no export; and who asks for many at once gets as many as there may be', async () => {
		const context = createContext('telemetry', silentLog, systemClock, () => undefined);
		const bus = new Bus(context, 'home', site.hub.transport());
		serveRpc(bus, {
			'history.export': remoteMethod(z.record(z.string(), z.unknown()), async ({ cursor }) => {
				if (cursor === undefined) await gate.pass();
				// As over a real bus, others have their turn meanwhile.
				await immediate();
				return { text: 'x'.repeat(100_000), next: 'more' };
			}),
		});
		bus.start();
		const headers = { cookie: await site.cookieOf('victor') };
		const path = '/api/history/export?from=2026-01-01&to=2026-02-01';
		for (let times = 0; times < 4; times += 1) await leave(path, headers);
		await site.ask('GET', '/healthz');
		gate.open();
		expect(await beginningOf(path, headers), 'after those that left').to.equal(200);
		gate = new Gate();
		const many = Array.from({ length: 10 }, () => beginningOf(path, headers));
		await until('as many as there may be are asked for', () => gate.waiting >= 4);
		for (let times = 0; times < 3; times += 1) await site.ask('GET', '/healthz');
		gate.open();
		const answered = await Promise.all(many);
		expect(answered.filter((status) => status === 200)).to.have.length(4);
		expect(answered.filter((status) => status === 429)).to.have.length(6);
		await bus.stop();
		context.end();
	});
});

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setImmediate as immediate } from 'node:timers/promises';
import { Bus, createContext, remoteMethod, serveRpc, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import * as z from 'zod';
import { Site } from './support/site.ts';

describe('the history over HTTP', () => {
	const directory = temporaryDirectory();
	let site: Site;
	let calls: { method: string; parameters: Record<string, unknown> }[];
	let endTelemetry: () => Promise<void>;
	/** Pages that an export gives; the test may hold one back. */
	let pages: number;
	let gate: Promise<void>;

	beforeEach(async () => {
		calls = [];
		pages = 3;
		gate = Promise.resolve();
		site = await new Site(directory.path).start();
		const context = createContext('telemetry', silentLog, systemClock, () => undefined);
		const bus = new Bus(context, 'home', site.hub.transport());
		const anything = z.record(z.string(), z.unknown());
		const heard = (method: string, answer: unknown) =>
			remoteMethod(anything, (parameters) => {
				calls.push({ method, parameters });
				return answer;
			});
		serveRpc(bus, {
			'history.energy': heard('history.energy', { zone: 'Europe/Paris', meters: [], periods: [] }),
			'history.query': heard('history.query', { bucketMs: 1, lines: [] }),
			'history.cost': remoteMethod(z.strictObject({}), () => undefined),
			'history.export': remoteMethod(anything, async (parameters) => {
				calls.push({ method: 'history.export', parameters });
				const page = Number(parameters['cursor'] ?? 0);
				if (page > 0) await gate;
				// As over a real bus, others have their turn meanwhile.
				await immediate();
				const text = `${page % 10}`.repeat(100_000);
				return page + 1 < pages ? { text, next: String(page + 1) } : { text };
			}),
		});
		bus.start();
		endTelemetry = async () => {
			await bus.stop();
			context.end();
		};
	});
	afterEach(async () => {
		await endTelemetry();
		await site.close();
	});

	const range = 'from=2026-01-01&to=2026-02-01';

	it('is for people who are signed in', async () => {
		for (const path of ['energy', 'cost', 'query', 'series', 'export']) {
			const { status, body } = await site.ask('GET', `/api/history/${path}?${range}`);
			expect([status, JSON.parse(body).code]).to.deep.equal([401, 'NOT_SIGNED_IN']);
		}
		expect(calls).to.deep.equal([]);
	});

	it('hands questions to telemetry and its answers back, to a viewer too', async () => {
		const cookie = await site.cookieOf('victor');
		const energy = await site.ask('GET', `/api/history/energy?${range}&by=day&compare=month`, { cookie });
		expect(energy.status).to.equal(200);
		expect(JSON.parse(energy.body)).to.deep.equal({ zone: 'Europe/Paris', meters: [], periods: [] });
		await site.ask('GET', `/api/history/query?${range}&series=load.apparentPowerVA&tag=phase:1&points=10`, { cookie });
		expect(calls).to.deep.equal([
			{ method: 'history.energy', parameters: { from: '2026-01-01', to: '2026-02-01', by: 'day', compare: 'month' } },
			{
				method: 'history.query',
				parameters: {
					...{ from: '2026-01-01', to: '2026-02-01', series: 'load.apparentPowerVA', points: 10 },
					tags: { phase: '1' },
				},
			},
		]);
	});

	it('says what telemetry refuses, and what is no question at all', async () => {
		const cookie = await site.cookieOf('victor');
		const refused = await site.ask('GET', `/api/history/cost?${range}&by=day`, { cookie });
		expect([refused.status, JSON.parse(refused.body).code]).to.deep.equal([400, 'HISTORY_REFUSED']);
		const senseless = await site.ask('GET', '/api/history/energy?nonsense=1', { cookie });
		expect([senseless.status, JSON.parse(senseless.body).code]).to.deep.equal([400, 'REQUEST_INVALID']);
	});

	it('streams an export page after page', async () => {
		const cookie = await site.cookieOf('victor');
		const { status, headers, body } = await site.ask('GET', `/api/history/export?${range}&format=csv`, { cookie });
		expect(status).to.equal(200);
		expect(headers['content-type']).to.equal('text/csv; charset=utf-8');
		expect(headers['content-disposition']).to.include('pilotwire-history.csv');
		expect(body).to.equal(['0', '1', '2'].map((digit) => digit.repeat(100_000)).join(''));
	});

	/** Begins an export on a connection of its own; its answer once the first bytes are there. */
	const beginExport = async (cookie: string): Promise<IncomingMessage> => {
		const options = { host: '127.0.0.1', port: site.port, path: `/api/history/export?${range}`, headers: { cookie } };
		const asked = request({ ...options, agent: false });
		asked.on('error', () => {});
		asked.end();
		const [answer] = (await once(asked, 'response')) as [IncomingMessage];
		expect(answer.statusCode).to.equal(200);
		return answer;
	};
	const exportCalls = (): number => calls.filter(({ method }) => method === 'history.export').length;
	/** A question and its answer on another connection: whatever the server was about to do before, it has done. */
	const roundTrip = async (cookie: string): Promise<void> => {
		await site.ask('GET', `/api/history/energy?${range}&by=day`, { cookie });
	};

	it('asks for no further page once the client has gone, and counts it out', async () => {
		pages = 1_000_000;
		const cookie = await site.cookieOf('victor');
		// More than may run at once: each must have been counted out for the next one to be let in.
		for (let times = 0; times < 6; times++) {
			let open = (): void => {};
			gate = new Promise((resolve) => {
				open = resolve;
			});
			const before = exportCalls();
			const answer = await beginExport(cookie);
			await once(answer, 'data');
			answer.destroy();
			await once(answer, 'close');
			await roundTrip(cookie);
			open();
			for (let trips = 0; trips < 3; trips++) await roundTrip(cookie);
			// The first page, and at most the one that was asked for when the client left.
			expect(exportCalls() - before).to.be.within(1, 2);
		}
	});

	it('waits with the next page until the client has taken this one', async () => {
		pages = 1_000_000;
		const cookie = await site.cookieOf('victor');
		const answer = await beginExport(cookie);
		answer.pause();
		// The ways between hold some pages; then nothing moves, however much else the server answers.
		for (let still = 0, before = -1; still < 5; before = exportCalls()) {
			await roundTrip(cookie);
			still = exportCalls() === before ? still + 1 : 0;
			expect(exportCalls()).to.be.below(200);
		}
		answer.destroy();
	});
});

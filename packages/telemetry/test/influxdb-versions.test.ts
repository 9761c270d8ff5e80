// What each version of InfluxDB is sent, seen by a server that only listens: 2.x and 3.x are in no distribution.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { telemetrySections } from '../src/config.ts';
import { keepFor } from '../src/core/store.ts';
import { InfluxdbStore } from '../src/io/influxdb-store.ts';
import { point, START_MS } from './support/model.ts';

describe('what InfluxDB is sent', () => {
	const directory = temporaryDirectory();
	let server: Server;
	let version: string | undefined;
	let status: number;
	let pings: number;
	/** What is about the roll-ups, which have a bucket or database of their own. */
	const asides: { what: string; authorization: string | undefined; body: string }[] = [];
	const requests: { what: string; authorization: string | undefined; body: string }[] = [];

	beforeEach(async () => {
		version = undefined;
		status = 204;
		pings = 0;
		requests.length = 0;
		asides.length = 0;
		server = createServer((request, response) => {
			const { method, url = '', headers } = request;
			let body = '';
			request.on('data', (part: Buffer) => {
				body += part.toString();
			});
			request.on('end', () => {
				if (version !== undefined) response.setHeader('X-Influxdb-Version', version);
				if (url === '/ping') pings += 1;
				else {
					const aside = /_hours|orgs|buckets|dbrps/.test(url) || body.includes('_hours');
					(aside ? asides : requests).push({ what: `${method} ${url}`, authorization: headers.authorization, body });
				}
				if (url.startsWith('/api/v2/orgs')) {
					response.setHeader('content-type', 'application/json').end('{"orgs":[{"id":"0a"}]}');
				} else if (method === 'GET' && url.startsWith('/api/v2/buckets')) {
					response.setHeader('content-type', 'application/json').end('{"buckets":[{"id":"0b"}]}');
				} else if (url !== '/query') response.writeHead(url === '/ping' ? 204 : status).end();
				else response.setHeader('content-type', 'application/json').end('{"results":[{"statement_id":0}]}');
			});
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
	});
	afterEach(async () => {
		server.closeAllConnections();
		server.close();
		await once(server, 'close');
	});

	const store = (more: Record<string, unknown> = {}): InfluxdbStore => {
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const { influxdb } = telemetrySections.history.parse({ influxdb: { url, ...more } });
		if (influxdb === undefined) throw new Error('no section');
		return new InfluxdbStore(influxdb, new VirtualClock(), keepFor({ points: 36_500 }));
	};
	const write = async (made: InfluxdbStore) => {
		const outcome = await made.write([point({ value: 12.5 }), point({ series: 'circuit.reason', value: 'a "b" \\' })]);
		await made.close();
		return outcome;
	};
	const body = `load.apparentPowerVA,meter=main value=12.5 ${START_MS}\ncircuit.reason,meter=main text="a \\"b\\" \\\\" ${START_MS}`;

	for (const said of ['v2.7.11', '3.2.1', undefined]) {
		it(`is the same on /api/v2/write with a token where the server says ${said ?? 'no version'}`, async () => {
			version = said;
			writeFileSync(join(directory.path, 'token'), 'my-token\n');
			const made = store({ tokenFile: join(directory.path, 'token'), database: 'my home', org: 'we & co' });
			expect(await write(made)).to.deep.equal({ written: 2, refused: 0 });
			const what = 'POST /api/v2/write?org=we%20%26%20co&bucket=my%20home&precision=ms';
			expect(requests).to.deep.equal([{ what, authorization: 'Token my-token', body }]);
		});
	}

	it('is on /write with an account where it is a 1.x, whose database is made first', async () => {
		version = '1.8.10';
		await write(store({ username: 'pi', password: 'raspberry', database: 'my home' }));
		const authorization = `Basic ${Buffer.from('pi:raspberry').toString('base64')}`;
		expect(requests.map(({ what }) => what)).to.deep.equal(['POST /query', 'POST /write?db=my%20home&precision=ms']);
		expect(requests.map((request) => request.authorization)).to.deep.equal([authorization, authorization]);
		expect(new URLSearchParams(requests[0]?.body).get('q')).to.equal('CREATE DATABASE "my home" WITH DURATION 876000h');
		expect(requests[1]?.body).to.equal(body);
	});

	it('has a bucket of its own for what is kept for ever, made where there is none and a database to InfluxQL, on 2.x', async () => {
		version = 'v2.7.11';
		await write(store({ token: 't' }));
		const made = (name: string): string[] => [
			'GET /api/v2/orgs?org=pilotwire',
			'POST /api/v2/buckets',
			`GET /api/v2/buckets?org=pilotwire&name=${name}`,
			'POST /api/v2/dbrps',
		];
		expect(asides.map(({ what }) => what)).to.deep.equal([
			...made('pilotwire'),
			...made('pilotwire_hours'),
			'POST /api/v2/write?org=pilotwire&bucket=pilotwire_hours&precision=ms',
		]);
		const [bucket, mapping, written] = [asides[5], asides[7], asides[8]];
		const retentionRules = [{ type: 'expire', everySeconds: 0 }];
		expect(JSON.parse(bucket?.body ?? '')).to.deep.equal({ orgID: '0a', name: 'pilotwire_hours', retentionRules });
		expect(JSON.parse(mapping?.body ?? '')).to.deep.equal({
			orgID: '0a',
			bucketID: '0b',
			database: 'pilotwire_hours',
			retention_policy: 'autogen',
			default: true,
		});
		expect(written?.body).to.equal(body.split('\n')[1]);
	});

	it('is what the settings say, without asking, where they name a version', async () => {
		await write(store({ version: 1 }));
		expect(requests.at(-1)?.what).to.equal('POST /write?db=pilotwire&precision=ms');
		expect(pings).to.equal(0);
	});

	it('is a question in InfluxQL on /query in every version', async () => {
		version = 'v2.7.11';
		const made = store({ token: 't' });
		const range = {
			series: 'load.apparentPowerVA',
			tags: { phase: '1' },
			fromMs: START_MS + 5,
			toMs: START_MS + 1_005,
		};
		expect(await made.query({ ...range, bucketMs: 100 })).to.deep.equal([]);
		await made.close();
		expect(requests.map(({ what }) => what)).to.deep.equal(Array(4).fill('POST /query'));
		const asked = requests.map((request) => Object.fromEntries(new URLSearchParams(request.body)));
		expect(asked.map(({ q }) => q)).to.include(
			'SELECT min("value") AS "min", max("value") AS "max", mean("value") AS "mean", count("value") AS "count" ' +
				`FROM "load.apparentPowerVA" WHERE time >= ${START_MS + 5}ms AND time < ${START_MS + 1_005}ms ` +
				`AND "phase" = '1' GROUP BY time(100ms, ${(START_MS + 5) % 100}ms), * fill(none)`,
		);
		expect(asked[0]).to.include({ db: 'pilotwire', epoch: 'ms' });
	});

	it('is kept, after a few attempts to find the one at fault, where every point is refused', async () => {
		status = 400;
		const made = store({ version: 2 });
		const many = Array.from({ length: 2_000 }, (_, index) => point({ at: START_MS + index }));
		const error: unknown = await made.write(many).catch((reason: unknown) => reason);
		await made.close();
		expect(error).to.have.property('code', 'INFLUXDB_FAILED');
		expect(requests.length).to.be.lessThan(50);
	});

	it('follows a server that was replaced by another version', async () => {
		version = 'v2.7.11';
		const made = store();
		await made.write([point({})]);
		[version, status] = ['1.8.10', 404];
		await made.write([point({})]).catch(() => undefined);
		status = 204;
		await write(made);
		expect(requests.at(-1)?.what).to.equal('POST /write?db=pilotwire&precision=ms');
	});

	for (const [code, action] of [
		[401, 'tokenFile'],
		[404, 'database and org'],
		[503, 'own log'],
	] as const) {
		it(`is kept, with what to do about it, where the answer is ${code}`, async () => {
			version = 'v2.7.11';
			status = code;
			const made = store();
			const error: unknown = await write(made).catch((reason: unknown) => reason);
			await made.close();
			expect(error).to.have.property('code', 'INFLUXDB_FAILED');
			expect(error).to.have.property('action').that.contains(action);
			expect(requests).to.have.length(1);
		});
	}
});

// The API of a real house, asked everything that its own document allows, and much that it doesn't.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { expect } from 'chai';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { almost, type JsonSchema } from '../support/json-arbitrary.ts';
import { need, type Part } from '../support/parts.ts';
import { noProcessLeft, type Process, startProcess, startProgram } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/until.ts';

const HOST = '127.0.78.1';
const ORIGIN = `http://${HOST}:8080`;
const SOAK = process.env['PILOTWIRE_SOAK'] === '1';
/** Requests to each address. */
const RUNS = SOAK ? 2_000 : 20;

/** Another fuzzer, of another hand. */
const SCHEMATHESIS = process.env['PILOTWIRE_SCHEMATHESIS'] ?? '';
const schemathesis: Part = {
	name: 'schemathesis',
	obtain: 'python3 -m venv V, V/bin/pip install schemathesis, then PILOTWIRE_SCHEMATHESIS=V/bin/schemathesis',
	onRequest: true,
	present: () => SCHEMATHESIS !== '' && spawnSync(SCHEMATHESIS, ['--version'], { stdio: 'ignore' }).status === 0,
};

interface Operation {
	readonly parameters?: readonly { name: string; in: 'path' | 'query'; schema: JsonSchema; required?: boolean }[];
	readonly requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
	readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Answer {
	readonly status: number;
	readonly body: string;
}

describe('the API of a real house', function () {
	this.timeout(SOAK ? 3_600_000 : 240_000);
	const folder = temporaryDirectory('suite');
	noProcessLeft('suite');
	let house: Process;
	let token: string;
	let device: WebSocket;
	let document: Document;

	/** A path goes out as it is; a stream is let go of once it has begun. */
	const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> =>
		new Promise((resolve, reject) => {
			const asked = request({ host: HOST, port: 8080, method, path, headers, agent: false }, (answer) => {
				let text = '';
				if (answer.headers['content-type']?.startsWith('text/event-stream')) {
					asked.destroy();
					resolve({ status: answer.statusCode ?? 0, body: '' });
				}
				answer.setEncoding('utf8').on('data', (part: string) => {
					text += part;
				});
				answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
				answer.on('error', () => {});
			});
			asked.on('error', reject);
			asked.end(body);
		});

	before(async () => {
		const dataDir = join(folder.path, 'data');
		const accounts = await Accounts.open({ path: join(dataDir, 'accounts.db'), log: silentLog, clock: systemClock });
		({ secret: token } = await accounts.addApiToken('fuzzer', 'admin'));
		const { secret } = await accounts.addMachine('device', 'box');
		await accounts.close();
		const config = join(folder.path, 'house.yaml');
		const listen = { broker: { host: HOST }, web: { host: HOST, legacyApi: true }, deviceGateway: { host: HOST } };
		writeFileSync(config, JSON.stringify({ dataDir, ...listen, log: { level: 'warn' } }));
		const only = 'broker,web,telemetry,device-gateway';
		house = startProcess(['packages/cli/src/main.ts', 'up', '--config', config, '--only', only]);
		const isWell = async (): Promise<boolean> => {
			if (!house.alive) throw new Error(house.text());
			const well = await ask('GET', '/healthz').catch(() => undefined);
			return well?.body.includes('online') === true;
		};
		await until('the house is online', isWell, 120_000);
		device = new WebSocket(`ws://${HOST}:8765`);
		device.on('error', () => {});
		device.on('open', () => device.send(JSON.stringify({ type: 'auth', name: 'box', password: secret })));
		document = JSON.parse((await ask('GET', '/api/v1/openapi.json')).body) as Document;
	});
	after(async () => {
		device?.terminate();
		await house?.kill('SIGTERM', 60_000);
	});

	/** No fault of the server's own, and every refusal in the form that is promised. */
	const check = ({ status, body }: Answer, what: string, known?: Operation): void => {
		expect(status, `${what}: ${body}`).to.be.below(500);
		if (status >= 400) {
			const problem = JSON.parse(body) as Record<string, unknown>;
			expect(problem['code'], what).to.be.a('string');
			expect(problem['message'], what).to.be.a('string');
		}
		if (known !== undefined) expect(Object.keys(known.responses), what).to.include(String(status));
	};

	it('answers every address of its document without a fault of its own', async () => {
		const authorized = { authorization: `Bearer ${token}` };
		const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
			Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
		);
		expect(operations.length).to.be.greaterThan(15);
		for (const { path, method, operation } of operations) {
			const { parameters = [], requestBody } = operation;
			const schema = requestBody?.content['application/json'].schema;
			// A wait that is asked for is waited: the fuzzer has none to lose.
			const body = schema === undefined ? fc.constant(undefined) : almost(schema).map(hurried);
			const value = (given: unknown): string => (typeof given === 'string' ? given : JSON.stringify(given));
			const filled = fc.record(
				Object.fromEntries(
					parameters.map(({ name, in: where, schema: form }) => [
						name,
						where === 'path'
							? fc.oneof(fc.constantFrom('box', 'all', '.'), almost(form))
							: fc.option(almost(form), { nil: undefined }),
					]),
				),
			);
			const property = fc.asyncProperty(filled, body, async (given, sent) => {
				const encoded = (name: string): string => encodeURIComponent(wellFormed(value(given[name]))) || '-';
				const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(name));
				const query = parameters
					.filter(({ name, in: where }) => where === 'query' && given[name] !== undefined)
					.map(({ name }) => `${name}=${encoded(name)}`);
				const target = query.length === 0 ? address : `${address}?${query.join('&')}`;
				const headers = sent === undefined ? authorized : { ...authorized, 'content-type': 'application/json' };
				const text = sent === undefined ? undefined : JSON.stringify(sent);
				// Else the device that is there would be gone.
				if (method === 'delete' && address.endsWith('/box')) return;
				if (address.endsWith('/box/password')) return;
				const answer = await ask(method.toUpperCase(), target, headers, text);
				check(answer, `${method} ${target} ${text}`, operation);
			});
			await fc.assert(property, { numRuns: RUNS });
		}
	});

	it('refuses what is no request of its own in the same words', async () => {
		const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
		const bodies = ['', '{', '[]', 'null', '"x"', '{"a":1e999}', '\u0000', `{"name":"${'x'.repeat(300_000)}"}`];
		for (const body of bodies) check(await ask('POST', '/api/v1/devices', headers, body), body.slice(0, 20));
		for (const type of ['text/plain', 'application/xml', 'multipart/form-data', 'application/json; charset=utf-7', ';'])
			check(await ask('POST', '/api/v1/devices', { ...headers, 'content-type': type }, '{}'), type);
		for (const path of [
			'/api/v1/devices/%zz',
			'/api/v1/devices/%00',
			'/api/v1//devices',
			'/api/v1/../v1/devices',
			`/api/v1/devices/${'x'.repeat(10_000)}`,
		])
			check(await ask('GET', path, headers), path.slice(0, 40));
		for (const method of ['PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])
			check(await ask(method, '/api/v1/devices', headers), method);
		for (const authorization of [
			'',
			'Bearer',
			'Bearer ',
			'Basic eDp5',
			`Bearer ${'x'.repeat(5_000)}`,
			'Bearer pwa1.wrong',
		])
			expect((await ask('GET', '/api/v1/devices', { authorization })).status, authorization).to.equal(401);
		const legacy = fc.asyncProperty(
			fc.constantFrom('/login', '/logout', '/send_command', '/get_telemetry?device=x'),
			fc.constantFrom('application/json', 'application/x-www-form-urlencoded'),
			fc.oneof(fc.json(), fc.string()),
			async (path, type, body) => {
				for (const method of ['GET', 'POST']) {
					const { status } = await ask(method, path, { 'content-type': type }, method === 'GET' ? undefined : body);
					expect(status, path).to.be.below(500);
				}
			},
		);
		await fc.assert(legacy, { numRuns: RUNS });
	});

	it('withstands schemathesis', async function () {
		need(this, schemathesis);
		const args = [
			'run',
			`${ORIGIN}/api/v1/openapi.json`,
			'--checks',
			'not_a_server_error',
			'--exclude-path',
			'/api/v1/events',
		];
		const fuzzing = startProgram(SCHEMATHESIS, [
			...args,
			'-H',
			`Authorization: Bearer ${token}`,
			'--max-examples',
			'50',
		]);
		fuzzing.endInput();
		const { code } = await fuzzing.ended;
		expect(code, fuzzing.text()).to.equal(0);
	});
});

/** Where it is a command, without a wait for telemetry. */
function hurried(sent: unknown): unknown {
	if (typeof sent !== 'object' || sent === null || !('command' in sent)) return sent;
	return 'waitS' in sent && typeof sent.waitS !== 'number' ? sent : { ...sent, waitS: 0 };
}

/** Without halves of letters, which no address can hold. */
function wellFormed(text: string): string {
	return text.replaceAll(/\p{Cs}/gu, '?');
}

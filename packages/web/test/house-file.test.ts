import type { HouseFileAnswer, HouseSections } from '@pilotwire/contract';
import { ConfigurationInvalid, PilotwireError } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { HouseFile } from '../src/index.ts';
import { Site } from './support/site.ts';

const sections: HouseSections = { rooms: [], boards: [], radiators: [{ id: 'salon' }], switches: [], relays: [] };
const facts = { expected: 'this', received: 'that', action: 'Mend it.' };

/** A file in memory, which refuses what it is told to. */
class FakeFile implements HouseFile {
	now: HouseFileAnswer = { kind: 'file', name: 'house.yaml', version: '1', sections, waits: false, restarts: true };
	readonly changes: unknown[] = [];
	refusal: Error | undefined;

	async read(): Promise<HouseFileAnswer> {
		return this.now;
	}

	async change(given: HouseSections, version: string): Promise<HouseFileAnswer> {
		if (this.refusal !== undefined) throw this.refusal;
		this.changes.push([given, version]);
		return { ...this.now, sections: given, version: '2', waits: true };
	}

	starter(): string {
		return 'site: home\n';
	}
}

describe('the configuration over HTTP', () => {
	const directory = temporaryDirectory();
	let file: FakeFile;
	let site: Site;

	beforeEach(async () => {
		file = new FakeFile();
		site = await new Site(directory.path, { houseFile: file }).start();
	});
	afterEach(() => site.close());

	const put = async (cookie: string, body: unknown, origin = site.origin) => {
		const headers = { cookie, origin, 'content-type': 'application/json' };
		const { status, body: said } = await site.ask('PUT', '/api/house-file', headers, JSON.stringify(body));
		return { status, body: JSON.parse(said) };
	};

	it('is for administrators alone, and for their own page', async () => {
		for (const [name, code] of [
			['robin', 'ADMINS_ONLY'],
			['victor', 'ADMINS_ONLY'],
		] as const) {
			const cookie = await site.cookieOf(name);
			for (const path of ['/api/house-file', '/api/house-file/starter']) {
				expect(JSON.parse((await site.ask('GET', path, { cookie })).body).code).to.equal(code);
			}
			expect((await put(cookie, { version: '1', sections })).body.code).to.equal(code);
		}
		expect((await site.ask('GET', '/api/house-file')).status).to.equal(401);
		const alice = await site.cookieOf('alice');
		const elsewhere = await put(alice, { version: '1', sections }, 'http://elsewhere.example');
		expect(elsewhere.body.code).to.equal('ORIGIN_REFUSED');
		expect(file.changes).to.deep.equal([]);
	});

	it('is read and changed, large houses too', async () => {
		const cookie = await site.cookieOf('alice');
		const read = await site.ask('GET', '/api/house-file', { cookie });
		expect([read.headers['cache-control'], JSON.parse(read.body)]).to.deep.equal(['no-store', file.now]);
		const many = {
			...sections,
			radiators: Array.from({ length: 500 }, (_, at) => ({ id: `radiator-${at}`, wire: 1 })),
		};
		const { status, body } = await put(cookie, { version: '1', sections: many });
		expect([status, body.version, body.waits]).to.deep.equal([200, '2', true]);
		expect(file.changes).to.deep.equal([[many, '1']]);
	});

	it('refuses what is no change of it', async () => {
		const cookie = await site.cookieOf('alice');
		for (const body of [
			{},
			{ sections },
			{ version: '1', sections: { ...sections, rooms: 'none' } },
			{ version: '1' },
		]) {
			expect((await put(cookie, body)).status).to.equal(400);
		}
		expect(file.changes).to.deep.equal([]);
	});

	it('says why a change was refused, fault by fault', async () => {
		const cookie = await site.cookieOf('alice');
		const faults = [{ path: 'radiators[0].wire', expected: 'a wire from 1 to 8', received: '9' }];
		file.refusal = new ConfigurationInvalid({ code: 'CONFIGURATION_INVALID', ...facts }, faults);
		const invalid = await put(cookie, { version: '1', sections });
		expect([invalid.status, invalid.body.code, invalid.body.faults]).to.deep.equal([
			422,
			'CONFIGURATION_INVALID',
			faults,
		]);
		for (const [code, status] of [
			['CONFIGURATION_CHANGED', 409],
			['CONFIGURATION_NOT_WRITABLE', 409],
			['CONFIGURATION_READ_ONLY', 409],
			['CONFIGURATION_NOT_EDITABLE', 422],
		] as const) {
			file.refusal = new PilotwireError({ code, ...facts });
			const refused = await put(cookie, { version: '1', sections });
			expect([refused.status, refused.body.code]).to.deep.equal([status, code]);
		}
	});

	it('gives a file to start from', async () => {
		const cookie = await site.cookieOf('alice');
		const { headers, body } = await site.ask('GET', '/api/house-file/starter', { cookie });
		expect(headers['content-disposition']).to.equal('attachment; filename="house.yaml"');
		expect(body).to.equal('site: home\n');
	});
});

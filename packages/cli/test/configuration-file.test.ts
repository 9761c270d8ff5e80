import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationInvalid } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { readHouse } from '../src/config.ts';
import { ConfigurationFile } from '../src/configuration-file.ts';
import { starterFile } from '../src/house-parts.ts';

const TEXT = `# My house
site: home
meters: [{ id: main, source: "serial:/dev/ttyAMA0" }]
mqtt: { password: top secret }
rooms:
  - { id: salon, name: Salon }
boards:
  modules:
    - address: 0x20 # left
radiators:
  # The warm one
  - id: salon
    wire: 1
    powerW: 1500 # on its plate
`;

describe('the configuration that pages change', () => {
	const directory = temporaryDirectory();
	const path = (): string => join(directory.path, 'house.yaml');
	const text = (): string => readFileSync(path(), 'utf8');
	let clock: VirtualClock;

	beforeEach(() => {
		clock = new VirtualClock();
	});

	async function opened(content: string | null = TEXT, restarts = true): Promise<ConfigurationFile> {
		if (content !== null) writeFileSync(path(), content, { mode: 0o640 });
		const options = content === null ? { set: [`dataDir=${directory.path}`] } : { config: path() };
		return new ConfigurationFile(options, await readHouse(options), clock, restarts);
	}

	async function refusal(promise: Promise<unknown>): Promise<Error & { code?: string }> {
		try {
			await promise;
		} catch (error) {
			return error as Error;
		}
		throw new Error('expected a refusal');
	}

	it('shows radiators, boards, rooms and plugs as they stand in the file, and nothing else of it', async () => {
		const said = await (await opened()).read();
		expect(said).to.deep.include({ kind: 'file', name: 'house.yaml', waits: false, restarts: true });
		expect(said.sections).to.deep.equal({
			rooms: [{ id: 'salon', name: 'Salon' }],
			boards: [{ address: 0x20 }],
			radiators: [{ id: 'salon', wire: 1, powerW: 1500 }],
			...{ switches: [], relays: [] },
		});
		expect(JSON.stringify(said)).to.not.include('secret');
	});

	it('changes what is another, keeps comments, rights and the former file', async () => {
		const file = await opened();
		const { sections, version } = await file.read();
		const [salon] = sections.radiators;
		const radiators = [
			{ ...salon, powerW: 1540 },
			{ id: 'bureau', board: 0x20, wire: 2, powerW: 750 },
		];
		const said = await file.change({ ...sections, radiators }, version);
		expect(said.sections.radiators).to.deep.equal(radiators);
		expect(text())
			.to.include('# The warm one')
			.and.include('powerW: 1540 # on its plate')
			.and.include('password: top secret');
		expect(readFileSync(`${path()}.before`, 'utf8')).to.equal(TEXT);
		expect(statSync(path()).mode & 0o777).to.equal(0o640);
		expect(readdirSync(directory.path).filter((name) => name.endsWith('.new'))).to.deep.equal([]);
	});

	it('names every fault, and leaves the file as it is', async () => {
		const file = await opened();
		const { sections, version } = await file.read();
		const radiators = [
			{ id: 'salon', wire: 9, powerW: 1500 },
			{ id: 'Bureau', wire: 1, powerW: -3 },
		];
		const error = await refusal(file.change({ ...sections, radiators }, version));
		expect(error).to.be.instanceOf(ConfigurationInvalid);
		expect((error as ConfigurationInvalid).faults.map(({ path: where }) => where)).to.deep.equal([
			...['radiators[0].wire', 'radiators[1].id', 'radiators[1].powerW'],
		]);
		// What only the checks across sections see.
		const elsewhere = [{ id: 'salon', wire: 1, powerW: 1500, room: 'attic' }];
		const crossed = await refusal(file.change({ ...sections, radiators: elsewhere }, version));
		expect((crossed as ConfigurationInvalid).faults[0]).to.include({ path: 'radiators[0].room', received: 'attic' });
		expect(text()).to.equal(TEXT);
		expect(readdirSync(directory.path)).to.not.include('house.yaml.before');
		expect(readdirSync(directory.path)).to.not.include('house.yaml.new');
	});

	it('refuses a change of a file that somebody has changed since', async () => {
		const file = await opened();
		const { sections, version } = await file.read();
		writeFileSync(path(), `${TEXT}# by hand\n`);
		expect((await refusal(file.change({ ...sections, radiators: [] }, version))).code).to.equal(
			'CONFIGURATION_CHANGED',
		);
		expect(text()).to.equal(`${TEXT}# by hand\n`);
		expect((await file.read()).waits).to.equal(true);
	});

	it('lets two changes at once not overwrite each other', async () => {
		const file = await opened();
		const { sections, version } = await file.read();
		const [one, other] = await Promise.allSettled([
			file.change({ ...sections, rooms: [...sections.rooms, { id: 'a' }] }, version),
			file.change({ ...sections, rooms: [...sections.rooms, { id: 'b' }] }, version),
		]);
		expect([one?.status, other?.status]).to.deep.equal(['fulfilled', 'rejected']);
		expect((await file.read()).sections.rooms).to.deep.equal([...sections.rooms, { id: 'a' }]);
	});

	it('says what the disk refuses', async () => {
		const file = await opened();
		const { sections, version } = await file.read();
		// A folder in the place of the draft, which nobody can write, whatever the rights.
		mkdirSync(`${path()}.new`);
		const error = await refusal(file.change({ ...sections, rooms: [...sections.rooms, { id: 'a' }] }, version));
		expect(error.code).to.equal('CONFIGURATION_NOT_WRITABLE');
		expect(text()).to.equal(TEXT);
	});

	it('is read-only in a simulated house: with no file, and with one that names no part', async () => {
		const none = await opened(null);
		const said = await none.read();
		expect([said.kind, said.waits, said.name]).to.deep.equal(['none', false, undefined]);
		expect(said.sections.radiators).to.have.length.greaterThan(3);
		expect((await refusal(none.change(said.sections, said.version))).code).to.equal('CONFIGURATION_READ_ONLY');
		const bare = await opened('web: { port: 8081 }\n');
		const empty = await bare.read();
		expect(empty.kind).to.equal('simulated');
		expect((await refusal(bare.change(empty.sections, empty.version))).code).to.equal('CONFIGURATION_READ_ONLY');
	});

	it('tells the process once, after its answer has had time to go out', async () => {
		const file = await opened();
		let told = 0;
		void file.nextChange().then(() => {
			told += 1;
		});
		const { sections, version } = await file.read();
		const said = await file.change({ ...sections, rooms: [...sections.rooms, { id: 'a' }] }, version);
		expect(said.waits).to.equal(true);
		await clock.advance(299);
		expect(told).to.equal(0);
		await clock.advance(1);
		expect(told).to.equal(1);
		file.runsWith(await readHouse({ config: path() }));
		expect((await file.read()).waits).to.equal(false);
	});

	it('waits for a person where the process does not start its services again', async () => {
		const file = await opened(TEXT, false);
		let told = 0;
		void file.nextChange().then(() => {
			told += 1;
		});
		const { sections, version } = await file.read();
		await file.change({ ...sections, rooms: [...sections.rooms, { id: 'a' }] }, version);
		await clock.advance(60_000);
		expect([told, (await file.read()).waits]).to.deep.equal([0, true]);
	});

	it('takes a change back that the services can not run with, and says so until the next one', async () => {
		const file = await opened();
		const before = await file.read();
		const more = { ...before.sections, rooms: [...before.sections.rooms, { id: 'a' }] };
		await file.change(more, before.version);
		expect(await file.takeBack(new Error('the port is busy'))).to.equal(true);
		expect(text()).to.equal(TEXT);
		const after = await file.read();
		expect([after.takenBack, after.waits]).to.deep.equal(['the port is busy', false]);
		expect(await file.takeBack(new Error('again'))).to.equal(false);
		expect((await file.change(more, after.version)).takenBack).to.equal(undefined);
	});

	it('gives a file to start from that has no fault', async () => {
		writeFileSync(path(), starterFile);
		const { radiators, simulated } = await readHouse({ config: path() });
		expect([radiators[0]?.id, simulated]).to.deep.equal(['salon', undefined]);
	});
});

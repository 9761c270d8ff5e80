import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadLog } from '@pilotwire/contract';
import { silentLog } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { OutboxFiles } from '../src/io/outbox-files.ts';
import { Outbox, type OutboxDisk } from '../src/outbox/outbox.ts';

const log = (first: number): LoadLog => ({
	at: '2026-01-05T08:00:00.000Z',
	first,
	samples: [{ at: '2026-01-05T07:59:59.000Z', phase: 1, apparentPowerVA: first }],
});
const upTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

describe('the outbox', () => {
	const directory = temporaryDirectory();
	let sent: number[];
	/** Whether the broker acknowledges what it gets. */
	let answers: boolean;

	beforeEach(() => {
		sent = [];
		answers = true;
	});
	const make = (disk: OutboxDisk = new OutboxFiles(directory.path)) =>
		new Outbox(disk, silentLog, ({ first }, taken) => {
			sent.push(first);
			if (answers) taken();
		});
	const drained = async (outbox: Outbox): Promise<void> => {
		for (let turn = 0; turn < 30; turn++) {
			outbox.drain();
			await outbox.settled;
		}
	};

	it('writes nothing while the broker is there', async () => {
		const outbox = make();
		await drained(outbox);
		for (const first of upTo(100)) outbox.take(log(first), true);
		await outbox.close();
		expect(sent).to.deep.equal(upTo(100));
		expect(readdirSync(directory.path)).to.deep.equal([]);
	});

	it('keeps a short absence in memory and gives it in order', async () => {
		const outbox = make();
		for (const first of upTo(20)) outbox.take(log(first), false);
		await outbox.settled;
		expect(readdirSync(directory.path)).to.deep.equal([]);
		outbox.take(log(20), true);
		await drained(outbox);
		outbox.take(log(21), true);
		expect(sent).to.deep.equal(upTo(22));
	});

	it('gives a long absence in order, with what is measured meanwhile behind it', async () => {
		const outbox = make(new OutboxFiles(directory.path, 2_000));
		for (const first of upTo(200)) {
			outbox.take(log(first), false);
			await outbox.settled;
		}
		expect(readdirSync(directory.path).length).to.be.greaterThan(2);
		for (const first of [200, 201]) outbox.take(log(first), true);
		await drained(outbox);
		expect(sent).to.deep.equal(upTo(202));
		expect(readdirSync(directory.path)).to.deep.equal([]);
	});

	it('goes on after a restart, and passes over a line that a power cut left half written', async () => {
		const outbox = make();
		for (const first of upTo(40)) outbox.take(log(first), false);
		await outbox.close();
		const [name = ''] = readdirSync(directory.path);
		writeFileSync(join(directory.path, name), '{"at":"2026-01-05T', { flag: 'a' });
		await drained(make());
		expect(sent).to.deep.equal(upTo(40));
	});

	it('gives again what the broker never acknowledged, after a restart too', async () => {
		const outbox = make();
		await drained(outbox);
		for (const first of upTo(3)) outbox.take(log(first), true);
		answers = false;
		for (const first of [3, 4]) outbox.take(log(first), true);
		outbox.lost();
		outbox.take(log(5), false);
		await outbox.close();
		expect(sent).to.deep.equal(upTo(5));
		answers = true;
		await drained(make());
		expect(sent).to.deep.equal([...upTo(5), 3, 4, 5]);
		expect(readdirSync(directory.path)).to.deep.equal([]);
	});

	it('keeps a part until all of it was acknowledged', async () => {
		const outbox = make();
		for (const first of upTo(60)) outbox.take(log(first), false);
		answers = false;
		await drained(outbox);
		expect(sent).to.deep.equal(upTo(60));
		expect(readdirSync(directory.path)).to.have.length(1);
		await outbox.close();
		answers = true;
		await drained(make());
		expect(sent).to.deep.equal([...upTo(60), ...upTo(60)]);
		expect(readdirSync(directory.path)).to.deep.equal([]);
	});

	it('gives a part again whose connection was lost meanwhile', async () => {
		const outbox = make();
		for (const first of upTo(60)) outbox.take(log(first), false);
		await outbox.settled;
		outbox.drain();
		await outbox.settled;
		outbox.lost();
		await drained(outbox);
		expect([...new Set(sent)]).to.deep.equal(upTo(60));
	});

	it('gives up the oldest at its bound, and counts them', async () => {
		const outbox = make(new OutboxFiles(directory.path, 2_000, 8_000));
		for (const first of upTo(400)) {
			outbox.take(log(first), false);
			await outbox.settled;
		}
		await outbox.close();
		expect(outbox.samplesLost).to.be.greaterThan(0);
		await drained(outbox);
		expect(sent).to.deep.equal(upTo(400).slice(outbox.samplesLost));
	});

	it('keeps the last hour in memory where the disk takes nothing', async () => {
		const refused = {
			append: () => Promise.reject(new Error('EROFS')),
			oldest: async () => undefined,
			drop: async () => {},
		};
		const outbox = make(refused);
		await drained(outbox);
		for (const first of upTo(1_000)) {
			outbox.take(log(first), false);
			await outbox.settled;
		}
		expect(outbox.samplesLost).to.equal(640);
		await drained(outbox);
		expect(sent).to.deep.equal(upTo(1_000).slice(640));
	});
});

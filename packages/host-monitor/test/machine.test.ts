import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePayload, encodePayload, MAX_PAYLOAD_BYTES, topics } from '@pilotwire/contract';
import { need, ps } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { readActivity, Sysfs, ThisMachine } from '../src/index.ts';
import { shownOf } from '../src/io/processes.ts';

describe('this very machine', () => {
	const machine = new ThisMachine(new Sysfs());
	const root = temporaryDirectory();

	it('gives figures that the bus takes', async () => {
		const { upS, ...identity } = await machine.identity();
		const at = '2026-01-15T17:00:00.000Z';
		const state = {
			at,
			name: 'here',
			bootedAt: at,
			history: true,
			...identity,
			cpuPercent: 0,
			...(await machine.figures()),
		};
		const decoded = decodePayload(topics.host, Buffer.from(encodePayload(topics.host, state)));
		expect(decoded).to.include({ ok: true });
		expect(upS).to.be.greaterThan(0);
		expect(machine.cores()).to.have.length(identity.cores);
	});

	it('sends a sample that the bus takes, whatever processes call themselves', async () => {
		const long = { user: 'ü'.repeat(500), cpu: Number.NaN, memRss: Number.NaN, params: '\u0001é€'.repeat(200) };
		const list = Array.from({ length: 500 }, (_, pid) => ({ pid, name: '🔥'.repeat(300), command: '\u0002', ...long }));
		const processes = shownOf(list, 500);
		expect(processes.length).to.be.greaterThan(100);
		const sample = {
			...{
				at: '2026-01-15T17:00:00.000Z',
				everyS: 1,
				cpuPercent: 0,
				coresPercent: Array.from({ length: 256 }, () => 12.5),
			},
			...{ ...(await machine.figures()), network: [], processes, processCount: 500 },
		};
		const payload = Buffer.from(encodePayload(topics.hostLog, sample));
		expect(payload.length).to.be.below(MAX_PAYLOAD_BYTES);
		expect(decodePayload(topics.hostLog, payload)).to.include({ ok: true });
		const ordinary = list.map(({ pid }) => ({
			...long,
			pid,
			name: 'node',
			user: 'pi',
			command: 'x'.repeat(250),
			params: '',
		}));
		expect(shownOf(ordinary, 500), 'ordinary ones').to.have.length(500);
	});

	it('leaves a disk out that does not answer, asks it no second time meanwhile, and shows it once it answers', async () => {
		await mkdir(join(root.path, 'proc/self'), { recursive: true });
		await writeFile(join(root.path, 'proc/self/mounts'), '/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /backup ext4 rw 0 0\n');
		const size = { bsize: 1_024, blocks: 10, bfree: 4 };
		let answer: (found: typeof size) => void = () => undefined;
		let questions = 0;
		const askDisk = (mount: string): Promise<typeof size> => {
			if (mount === '/' || questions > 0) return Promise.resolve(size);
			questions += 1;
			return new Promise((resolve) => {
				answer = resolve;
			});
		};
		const odd = new ThisMachine(new Sysfs(root.path), root.path, askDisk, 1);
		const mounts = async (): Promise<string[]> => (await odd.figures()).disks.map(({ mount }) => mount);
		expect(await Promise.all([mounts(), mounts()])).to.deep.equal([['/'], ['/']]);
		expect(await mounts(), 'it is not asked again').to.deep.equal(['/']);
		answer(size);
		await new Promise((settle) => setImmediate(settle));
		expect(await mounts()).to.deep.equal(['/', '/backup']);
	});

	it('lists its processes, this one among them, within the bound', async function () {
		need(this, ps);
		const all = await readActivity(10_000);
		const mine = all.processes.find(({ pid }) => pid === process.pid);
		expect(mine?.memoryBytes).to.be.greaterThan(10_000_000);
		expect((await readActivity(3)).processes).to.have.length(3);
		const sample = {
			at: '2026-01-15T17:00:00.000Z',
			everyS: 1,
			cpuPercent: 0,
			coresPercent: [0],
			...(await machine.figures()),
			...all,
		};
		expect(decodePayload(topics.hostLog, Buffer.from(encodePayload(topics.hostLog, sample)))).to.include({ ok: true });
	});
});

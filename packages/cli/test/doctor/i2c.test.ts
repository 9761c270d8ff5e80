import { VirtualI2cBus } from '@pilotwire/test/i2c';
import { gcc, i2cBus, need } from '@pilotwire/test/parts';
import { noProcessLeft, startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { Finding } from '../../src/doctor/finding.ts';
import { judgeI2c } from '../../src/doctor/i2c.ts';
import { i2cFacts } from '../../src/io/doctor/i2c.ts';

describe('the doctor at an I2C bus', () => {
	const directory = temporaryDirectory();
	noProcessLeft();

	/** What the doctor says of the boards, in a process that has this bus. */
	async function examine(bus: VirtualI2cBus, addresses: readonly number[]): Promise<Finding[]> {
		const script = `
			import { judgeI2c } from './packages/cli/src/doctor/i2c.ts';
			import { i2cFacts } from './packages/cli/src/io/doctor/i2c.ts';
			console.log(JSON.stringify(judgeI2c(await i2cFacts(61, ${JSON.stringify(addresses)}, undefined))));`;
		const child = startProcess(['--input-type=module', '--eval', script], { env: bus.env });
		const { text } = await child.line(/^\[/, { withinMs: 60_000 });
		await child.ended;
		return JSON.parse(text) as Finding[];
	}

	it("tells boards that answer, that don't, that are taken, and that nobody named", async function () {
		this.timeout(70_000);
		need(this, gcc, i2cBus);
		const bus = VirtualI2cBus.create(directory.path, [0x20, 0x21, 0x23], 61);
		try {
			bus.setFault(0x21, { error: 'EBUSY' });
			const found = await examine(bus, [0x20, 0x21, 0x22]);
			expect(found.map(({ check, verdict, found: what }) => `${check}: ${verdict}, ${what}`)).to.deep.equal([
				'I2C bus: ok, /dev/i2c-61',
				'board 0x20: ok, an MCP23017 answers',
				'board 0x21: wrong, a driver of the kernel has it',
				'board 0x22: wrong, nothing answers; a board does at 0x23',
			]);
			expect(bus.writes()).to.deep.equal([]);
		} finally {
			bus.close();
		}
	});

	it('says that there is no such bus', async function () {
		need(this, i2cBus);
		const [finding] = judgeI2c(await i2cFacts(97, [0x20], undefined));
		expect(finding).to.include({ check: 'I2C bus', verdict: 'wrong', found: 'there is no /dev/i2c-97' });
		expect(finding?.todo).to.match(/^sudo raspi-config nonint do_i2c 0/);
	});

	it('asks the running house instead of the bus', async () => {
		const board = {
			at: '2026-01-15T18:00:00.000Z',
			bus: 'i2c-1',
			phase: 1 as const,
			resets: 0,
			drifts: 0,
			failures: 0,
		};
		const boards = new Map([
			['1-0x20', { ...board, address: 0x20, reachable: true }],
			['1-0x21', { ...board, address: 0x21, reachable: false, problem: 'no answer' }],
		]);
		const live = { online: new Set(['radiator-actuator']), boards };
		const found = judgeI2c(await i2cFacts(1, [0x20, 0x21, 0x22], live));
		expect(found.map(({ verdict }) => verdict)).to.deep.equal(['ok', 'wrong', 'wrong']);
		expect(found[1]?.found).to.equal('no answer');
	});

	it('tells another chip, a board too many, and a bus that may not be opened', () => {
		const facts = { bus: 1, device: 'there' as const, wanted: [0x20] };
		const other = judgeI2c({ ...facts, answers: new Map([[0x20, 'other']]) });
		expect(other.at(-1)?.found).to.equal('a chip answers that is no MCP23017');
		const more = judgeI2c({
			...facts,
			answers: new Map([
				[0x20, 'board'],
				[0x21, 'board'],
			]),
		});
		expect(more.at(-1)).to.include({ check: 'board 0x21', verdict: 'unsure' });
		const [forbidden] = judgeI2c({ ...facts, device: 'forbidden', answers: new Map() });
		expect(forbidden?.todo).to.include('usermod -aG i2c');
		const [taken] = judgeI2c({ ...facts, isTaken: true, answers: new Map() });
		expect(taken?.verdict).to.equal('unsure');
	});
});

import { takeLock } from '@pilotwire/runtime';
import { register, VirtualI2cBus } from '@pilotwire/test/i2c';
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

	const script = (bus: number, addresses: readonly number[]): string => `
		const { judgeI2c } = await import('./packages/cli/src/doctor/i2c.ts');
		const { i2cFacts } = await import('./packages/cli/src/io/doctor/i2c.ts');
		console.log(JSON.stringify(judgeI2c(await i2cFacts(${bus}, ${JSON.stringify(addresses)}, undefined))));`;

	/** What the doctor says of the boards, in a process that has this bus. */
	async function examine(bus: VirtualI2cBus, addresses: readonly number[]): Promise<Finding[]> {
		const child = startProcess(['--input-type=module', '--eval', script(61, addresses)], { env: bus.env });
		const { text } = await child.line(/^\[/, { withinMs: 60_000 });
		await child.ended;
		return JSON.parse(text) as Finding[];
	}

	it("tells boards that answer, that don't, that are taken, and that nobody named", async function () {
		this.timeout(70_000);
		need(this, gcc, i2cBus);
		const bus = VirtualI2cBus.create(directory.path, [0x20, 0x21, 0x23, 0x24, 0x25], 61);
		try {
			bus.setFault(0x21, { error: 'EBUSY' });
			bus.setFault(0x25, { error: 'EREMOTEIO' });
			// No MCP23017 has this bit set.
			bus.poke(0x24, register.IOCON, 0x01);
			const found = await examine(bus, [0x20, 0x21, 0x22, 0x24]);
			expect(found.map(({ check, code, found: what }) => `${check}: ${code ?? 'ok'}, ${what}`)).to.deep.equal([
				'I2C bus: ok, /dev/i2c-61',
				'board 0x20: ok, an MCP23017 answers',
				'board 0x21: BOARD_TAKEN, a driver of the kernel has it',
				'board 0x22: BOARD_ELSEWHERE, nothing answers; a board does at 0x23',
				'board 0x24: BOARD_OTHER_CHIP, a chip answers that is no MCP23017',
			]);
			bus.setFault(0x23, { error: 'EREMOTEIO' });
			const [, silent] = await examine(bus, [0x22]);
			expect(silent).to.include({ check: 'board 0x22', code: 'BOARD_ELSEWHERE', verdict: 'wrong' });
			bus.setFault('all', { error: 'EREMOTEIO' });
			const [, alone] = await examine(bus, [0x25]);
			expect(alone).to.include({ check: 'board 0x25', code: 'BOARD_SILENT', found: 'nothing answers' });
			expect(alone?.todo).to.include('sudo i2cdetect -y 61');
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

	it('leaves a bus alone that another process drives', async () => {
		const lock = await takeLock('i2c-96', 'the I2C bus 96', 'radiator-actuator');
		try {
			const [finding] = judgeI2c(await i2cFacts(96, [0x20], undefined));
			expect(finding).to.include({ check: 'I2C bus', verdict: 'unsure', code: 'I2C_TAKEN' });
		} finally {
			await lock.release();
		}
	});

	it('says how to get the binding where it was never built', async () => {
		const without = `import { register } from 'node:module';
			register('data:text/javascript,export const resolve = (name, context, next) => {' +
				'if (name === "i2c-bus") throw new Error("not built"); return next(name, context) }');`;
		const child = startProcess(['--input-type=module', '--eval', `${without}\n${script(98, [0x20])}`]);
		const { text } = await child.line(/^\[/, { withinMs: 60_000 });
		await child.ended;
		const [finding] = JSON.parse(text) as Finding[];
		expect(finding).to.include({ check: 'I2C bus', code: 'I2C_BINDING_MISSING', found: 'not built' });
		expect(finding?.todo).to.include('build-essential');
	}).timeout(70_000);

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
	});
});

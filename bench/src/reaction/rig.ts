// A house in four processes and the broker, with a real serial line and a real I2C binding at its ends.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualI2cBus } from '@pilotwire/test/i2c';
import { type Environment, preload } from '@pilotwire/test/native-build';
import { type Process, startProgram } from '@pilotwire/test/processes';
import { SerialLine } from '@pilotwire/test/serial-line';

/** Three boards of eight wires, one a phase: as many radiators as a house has. */
const BOARDS = [0x20, 0x21, 0x22];
const WIRES = 8;
export const RADIATOR_W = 500;
export const RADIATORS_A_PHASE = (BOARDS.length / 3) * WIRES;

const phaseOf = (address: number): number => 1 + ((address - 0x20) % 3);

export interface Rig {
	readonly line: SerialLine;
	readonly bus: VirtualI2cBus;
	readonly configFile: string;
	/** How many wires of a phase heat, read from the chips. */
	heating(phase: number): number;
	stop(): Promise<void>;
}

/** Starts broker, meter-reader, load-shedder and radiator-actuator, one process each. */
export async function startRig(folder: string, host: string, env: Environment): Promise<Rig> {
	const line = await SerialLine.open({ directory: folder, speed: 9600 });
	const bus = VirtualI2cBus.create(folder, BOARDS);
	const configFile = join(folder, 'pilotwire.yaml');
	const radiators = BOARDS.flatMap((board) =>
		Array.from({ length: WIRES }, (_, index) => ({
			...{ id: `r${board.toString(16)}-${index + 1}`, board, wire: index + 1, powerW: RADIATOR_W },
		})),
	);
	const config = {
		broker: { host },
		dataDir: join(folder, 'data'),
		meters: [{ id: 'main', source: `serial:${line.path}`, mode: 'standard' }],
		boards: { bus: 1, modules: BOARDS.map((address) => ({ address, phase: phaseOf(address) })) },
		radiators,
		// Each overload is one radiator's: it is shed on the first group that shows it, not two frames later.
		shedder: { briefS: 0, restoreStableS: 1, minOnS: 0, minOffS: 0, responseS: 1 },
	};
	writeFileSync(configFile, JSON.stringify(config));
	const processes = ['broker', 'radiator-actuator', 'load-shedder', 'meter-reader'].map((service) =>
		startProgram(
			process.execPath,
			['packages/cli/bin/pilotwire.js', service, '--config', configFile],
			service === 'radiator-actuator' ? preload(env, bus.env) : { ...env },
		),
	) as [Process, Process, Process, Process];
	await processes[0].line('listens');
	return {
		line,
		bus,
		configFile,
		heating: (phase) =>
			BOARDS.filter((board) => phaseOf(board) === phase).reduce((sum, board) => sum + comfortWires(bus, board), 0),
		stop: async () => {
			for (const one of processes.reverse()) await one.kill('SIGTERM').catch(() => one.kill());
			await line.close();
			bus.close();
		},
	};
}

/** Wires of a board that carry no signal: comfort. */
function comfortWires(bus: VirtualI2cBus, address: number): number {
	const chip = bus.registers(address);
	const latch = (chip[0x14] ?? 0) | ((chip[0x15] ?? 0) << 8);
	return Array.from({ length: WIRES }, (_, wire) => (latch >> (2 * wire)) & 3).filter((pair) => pair === 0).length;
}

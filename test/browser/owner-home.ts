// A house whose file names its parts, in one process that starts its services again when a page changes the file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HouseInput } from '@pilotwire/house';
import { type Process, startProgram } from '../support/processes.ts';
import { PASSWORD } from './home.ts';

const PILOTWIRE = 'packages/cli/bin/pilotwire.js';

/** The administrator who owns it. */
export const OWNER = 'camille';

const house: HouseInput = {
	name: 'A small house',
	rooms: ['salon', 'bureau'].map((id) => ({
		...{ id, name: id, heatCapacityJK: 3e6, lossWK: 40, startC: 16, comfortC: 20 },
	})),
	radiators: ['salon', 'bureau'].map((id, index) => ({
		...{ id, name: id, room: id, phase: 1, powerW: 1_000, board: 0x20, wire: index + 1, responseS: 1 },
	})),
	appliances: [],
	weather: { meanC: -5, swingK: 0, noiseK: 0 },
	meter: { kind: 'linky', mode: 'standard', phases: 1, prefKVA: 6 },
} as HouseInput;

/** The house. */
export class OwnerHome {
	readonly url: string;
	readonly broker: string;
	readonly configFile: string;
	#process: Process | undefined;

	/** `host`: an address of the loopback network of its own. */
	constructor(folder: string, host: string) {
		this.url = `http://${host}:8080`;
		this.broker = `mqtt://${host}:1883`;
		this.configFile = join(folder, 'house.yaml');
		mkdirSync(folder, { recursive: true });
		const houseFile = join(folder, 'house.json');
		writeFileSync(houseFile, JSON.stringify(house));
		writeFileSync(this.configFile, textOf(folder, host, houseFile));
	}

	/** What the file says now. */
	text(): string {
		return readFileSync(this.configFile, 'utf8');
	}

	async start(): Promise<void> {
		const add = startProgram(process.execPath, [PILOTWIRE, 'account', 'add', OWNER, '--role', 'admin', ...this.#given]);
		add.write(`${PASSWORD}\n`);
		add.endInput();
		const { code } = await add.ended;
		if (code !== 0) throw new Error(`account add ended with ${code}:\n${add.text()}`);
		this.#process = startProgram(process.execPath, [PILOTWIRE, 'up', '--no-show', ...this.#given]);
		await this.#process.line('Web listens', { withinMs: 60_000 });
	}

	async stop(): Promise<void> {
		await this.#process?.kill('SIGTERM', 20_000);
	}

	get #given(): string[] {
		return ['--config', this.configFile];
	}
}

function textOf(folder: string, host: string, houseFile: string): string {
	return `# The owner's own words
site: home
dataDir: ${join(folder, 'data')}
broker: { host: ${host}, port: 1883, wsPort: 9001 }
web: { host: ${host}, port: 8080 }
simulator: { house: ${houseFile}, startsAt: "2026-01-15T18:00:00Z" }
meters: [{ id: main, source: "simulator:" }]
boards:
  bus: simulator
  modules:
    - address: 0x20 # in the cellar
rooms:
  - { id: salon, name: Salon }
radiators:
  - id: salon
    name: Salon
    room: salon
    wire: 1
    powerW: 1500 # as on its plate
  - id: bureau
    name: Bureau
    wire: 2
    powerW: 1000
`;
}

// The house whose dashboard is opened: the real program, simulated at its edges alone, in processes of its own.
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import type { HouseInput } from '@pilotwire/house';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { type Process, startProgram } from '../support/processes.ts';
import { SimulatedHouse } from '../support/simulated-house.ts';

const PILOTWIRE = 'packages/cli/bin/pilotwire.js';
const WEB_PORT = 8080;
const RADIATORS = ['Salon', 'Cuisine', 'Bureau'] as const;
const RADIATOR_W = 1_000;

export const PASSWORD = 'correct horse battery staple';
export const PEOPLE = { camille: 'admin', lou: 'resident', sacha: 'viewer' } as const;
type Name = keyof typeof PEOPLE;

/** 6 kVA, one phase; the oven alone leaves no room for the radiators. */
const house: HouseInput = {
	name: 'A small house',
	rooms: RADIATORS.map((name) => ({
		...{ id: name.toLowerCase(), name, heatCapacityJK: 3e6, lossWK: 40, startC: 16, comfortC: 20 },
	})),
	radiators: RADIATORS.map((name, index) => ({
		...{ id: name.toLowerCase(), name, room: name.toLowerCase(), phase: 1, powerW: RADIATOR_W },
		...{ board: 0x20, wire: index + 1, responseS: 1 },
	})),
	appliances: [{ id: 'oven', name: 'Oven', phase: 1, stages: [{ powerW: 5_000, forS: 3_600 }] }],
	weather: { meanC: -5, swingK: 0, noiseK: 0 },
	meter: { kind: 'linky', mode: 'standard', phases: 1, prefKVA: 6 },
} as HouseInput;

const QUICK = { restoreStableS: 2, minOnS: 2, minOffS: 2, responseS: 3 };

/** What a house has besides radiators. */
export interface More {
	/** Sections of the configuration. */
	readonly config?: Record<string, unknown>;
	/** Settings of the web service. */
	readonly web?: Record<string, unknown>;
	/** Services beside those that steer, and beside the page's own. */
	readonly services?: readonly string[];
	readonly beside?: readonly string[];
}

/** A running house with its page. */
export class Home {
	readonly house: SimulatedHouse;
	readonly url: string;
	/** Where a client that is no browser finds the bus. */
	readonly broker: string;
	#front: Process | undefined;
	readonly #accountsFile: string;
	readonly #beside: readonly string[];

	/** `host`: an address of the loopback network of its own. */
	constructor(folder: string, host: string, { config = {}, web = {}, services = [], beside = [] }: More = {}) {
		this.url = `http://${host}:${WEB_PORT}`;
		this.broker = `mqtt://${host}:1883`;
		this.#accountsFile = join(folder, 'data', 'accounts.db');
		this.#beside = ['telemetry', 'planner', 'web', ...beside];
		const whole = { shedder: QUICK, ...config, web: { host, port: WEB_PORT, ...web } };
		this.house = new SimulatedHouse({ folder, host, house, config: whole, services });
	}

	async start(): Promise<void> {
		await this.#addPeople();
		await this.house.start();
		const only = ['--no-show', '--only', this.#beside.join(','), '--config', this.house.configFile];
		this.#front = startProgram(process.execPath, [PILOTWIRE, 'up', ...only]);
		await this.#front.line('Web listens', { withinMs: 60_000 });
	}

	async stop(): Promise<void> {
		await this.#front?.kill('SIGTERM');
		await this.house.stop();
	}

	/** What its processes wrote last, for a test that failed. */
	said(lines = 30): string {
		const last = (text: string | undefined): string[] => text?.split('\n').slice(-lines) ?? [];
		return [...last(this.house.text()), '--- page and history:', ...last(this.#front?.text())].join('\n');
	}

	/** Gives someone the password anew, which ends the sessions that are open. */
	async endSessionsOf(name: Name): Promise<void> {
		await this.#account(['passwd', name]);
	}

	/** The order on a radiator's wire, as the simulated world sees it. */
	async orderOn(id: string): Promise<string | undefined> {
		const { radiators } = await this.house.state();
		return radiators.find((radiator) => radiator.id === id)?.order;
	}

	/** Adds a device's account; its secret. */
	async device(name: string): Promise<string> {
		const [, secret] = /^([\w-]{43})$/m.exec(await this.#account(['token', name])) ?? [];
		if (secret === undefined) throw new Error(`the token of ${name} was not told`);
		return secret;
	}

	/** As `pilotwire account add` does, without a process for each of them. */
	async #addPeople(): Promise<void> {
		const accounts = await Accounts.open({ path: this.#accountsFile, log: silentLog, clock: systemClock });
		for (const name of Object.keys(PEOPLE) as Name[]) await accounts.addPerson(name, PEOPLE[name], PASSWORD);
		await accounts.close();
	}

	async #account(args: readonly string[]): Promise<string> {
		const command = [PILOTWIRE, 'account', ...args, '--config', this.house.configFile];
		const running = startProgram(process.execPath, command);
		running.write(`${PASSWORD}\n`);
		running.endInput();
		const { code } = await running.ended;
		if (code !== 0) throw new Error(`account ${args.join(' ')} ended with ${code}:\n${running.text()}`);
		return running.lines.map(({ text }) => text).join('\n');
	}
}

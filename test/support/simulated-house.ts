// A whole house in processes of its own: the simulator (which is the world, and never fails) and the services under test.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { HouseInput } from '@pilotwire/house';
import type { TrueState } from '@pilotwire/simulator';
import { type Process, startProgram } from './processes.ts';

/** The built command: what a user runs, and quicker to start than the source. */
const PILOTWIRE = 'packages/cli/bin/pilotwire.js';

export interface HouseSetup {
	/** A folder of its own. */
	readonly folder: string;
	/** An address of the loopback network of its own, such as 127.0.1.7: houses side by side share no port. */
	readonly host: string;
	readonly house: HouseInput;
	/** Sections of the configuration besides broker and simulator. */
	readonly config?: Record<string, unknown>;
	/** Services besides those of the control path. */
	readonly services?: readonly string[];
}

/** A command to the simulator's control socket. */
type Command = { readonly do: string } & Record<string, unknown>;

/** The simulated world and the services that run in it. */
export class SimulatedHouse {
	readonly configFile: string;
	readonly #dataDir: string;
	readonly #only: string;
	#simulator: Process | undefined;
	#services: Process | undefined;
	#control: { socket: Socket; lines: Interface } | undefined;

	constructor({ folder, host, house, config = {}, services = [] }: HouseSetup) {
		this.#only = ['broker', 'meter-reader', 'radiator-actuator', 'load-shedder', ...services].join(',');
		mkdirSync(folder, { recursive: true });
		this.#dataDir = join(folder, 'data');
		mkdirSync(this.#dataDir);
		const houseFile = join(folder, 'house.json');
		writeFileSync(houseFile, JSON.stringify(house));
		this.configFile = join(folder, 'pilotwire.yaml');
		const simulator = { house: houseFile, startsAt: '2026-01-15T18:00:00Z' };
		const whole = { broker: { host, port: 1883, wsPort: 9001 }, dataDir: this.#dataDir, simulator, ...config };
		writeFileSync(this.configFile, JSON.stringify(whole));
	}

	/** Starts the world, then its services as one process each under a supervisor. */
	async start(): Promise<void> {
		this.#simulator = startProgram(process.execPath, [PILOTWIRE, 'simulator', '--config', this.configFile]);
		await this.#simulator.line('the house runs', { withinMs: 60_000 });
		const socket = connect(join(this.#dataDir, 'simulator-control.sock'));
		await once(socket, 'connect');
		this.#control = { socket, lines: createInterface({ input: socket }) };
		await this.startServices();
	}

	async startServices(): Promise<void> {
		this.#services = startProgram(process.execPath, [
			...[PILOTWIRE, 'up', '--processes', '--no-show', '--only', this.#only],
			...['--config', this.configFile],
		]);
		await this.#services.line('load-shedder: connected', { withinMs: 60_000 });
	}

	/** The process that watches over the services. */
	get supervisor(): Process {
		if (this.#services === undefined) throw new Error('the services do not run');
		return this.#services;
	}

	/** Everything the services wrote, for the message of a failure. */
	text(): string {
		return this.#services?.text() ?? '';
	}

	/** The process id of a service as its supervisor last started it. */
	pidOf(service: string): number {
		const found = this.supervisor.lines
			.map(({ text }) => new RegExp(` ${service} runs as process (\\d+)`).exec(text)?.[1])
			.findLast((pid) => pid !== undefined);
		if (found === undefined) throw new Error(`${service} never started:\n${this.text()}`);
		return Number(found);
	}

	/** Sends a command to the simulated world. */
	async tell(command: Command): Promise<unknown> {
		if (this.#control === undefined) throw new Error('the simulator does not run');
		const { socket, lines } = this.#control;
		const answered = once(lines, 'line') as Promise<[string]>;
		socket.write(`${JSON.stringify(command)}\n`);
		const [line] = await answered;
		const answer = JSON.parse(line) as { ok: boolean; result?: unknown; error?: string };
		if (!answer.ok) throw new Error(`the simulator refused ${command.do}: ${answer.error}`);
		return answer.result;
	}

	async state(): Promise<TrueState> {
		return (await this.tell({ do: 'state' })) as TrueState;
	}

	async stop(): Promise<void> {
		this.#control?.socket.destroy();
		await this.#services?.kill('SIGTERM', 20_000).catch(() => this.#services?.kill());
		await this.#simulator?.kill('SIGTERM').catch(() => this.#simulator?.kill());
	}
}

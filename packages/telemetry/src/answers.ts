import { join } from 'node:path';
import {
	type Bus,
	JsonFile,
	type RemoteMethod,
	type ServiceContext,
	serveRpc,
	systemZone,
	tariffSections,
} from '@pilotwire/runtime';
import { type AdminParts, adminMethods, CopyJob } from './admin-methods.ts';
import { AdviceDesk } from './advice/advice-desk.ts';
import type { TelemetryConfig } from './config.ts';
import { Copier, type CopyParts } from './copy/copier.ts';
import type { Point } from './core/point.ts';
import { energyMethods } from './energy/methods.ts';
import { PriceKeeper } from './energy/price-keeper.ts';
import { askerOf, historyMethods } from './methods.ts';
import type { Pipeline } from './pipeline.ts';

/** The name on the bus of the methods that change the history: fewer may call it. */
const ADMIN_SERVICE = 'telemetry-admin';
/** How long an import waits for the stores before it looks again. Milliseconds. */
const PAUSE_MS = 500;

/** What telemetry answers: questions about the history, its energy and its costs, and what administrators may do to it. */
export class Answers {
	readonly #context: ServiceContext;
	readonly #pipeline: Pipeline;
	readonly #config: TelemetryConfig;
	readonly #prices: PriceKeeper;
	readonly #copyNote: JsonFile;
	readonly #job = new CopyJob();
	#advice: AdviceDesk | undefined;

	constructor(context: ServiceContext, pipeline: Pipeline, config: TelemetryConfig) {
		this.#context = context;
		this.#pipeline = pipeline;
		this.#config = config;
		const { dataDir, tariff = tariffSections.tariff.parse(undefined) } = config;
		this.#prices = new PriceKeeper(context, new JsonFile(join(dataDir, 'tariff-prices.json')), tariff);
		this.#copyNote = new JsonFile(join(dataDir, 'history-copy.json'));
	}

	/** Serves the methods, and `others` beside; goes on with a copy that was under way. */
	async start(bus: Bus, others: Readonly<Record<string, RemoteMethod>>): Promise<void> {
		const { clock } = this.#context;
		const { reader } = this.#pipeline;
		await this.#prices.start(bus);
		const { timeZone = systemZone() } = this.#config;
		const questions =
			reader === undefined
				? {}
				: {
						...historyMethods(reader),
						...energyMethods({ reader, clock, timeZone, prices: () => this.#prices.prices }),
					};
		serveRpc(bus, { ...questions, ...others });
		serveRpc(bus, adminMethods(this.#adminParts(), this.#job), ADMIN_SERVICE);
		await this.#startAdvice(bus);
		const to = await Copier.wasBegun(this.#copyNote);
		const parts = to === undefined ? undefined : this.#copyParts(to);
		if (parts !== undefined) await this.#job.ensure(parts, false);
	}

	async stop(): Promise<void> {
		this.#advice?.stop();
		await this.#job.stop();
	}

	async #startAdvice(bus: Bus): Promise<void> {
		const { dataDir, adviser } = this.#config;
		const { reader } = this.#pipeline;
		if (adviser === undefined || reader === undefined) return;
		const file = new JsonFile(join(dataDir, 'advice.json'));
		this.#advice = new AdviceDesk(this.#context, file, adviser, askerOf(reader));
		await this.#advice.start(bus);
	}

	#adminParts(): AdminParts {
		const { clock } = this.#context;
		return {
			add: (points) => this.#add(points),
			waiting: () => Math.max(0, ...this.#pipeline.state.stores.map(({ waiting }) => waiting)),
			copyParts: (to) => this.#copyParts(to),
			pause: () =>
				new Promise((resolve) => {
					clock.after(PAUSE_MS, resolve);
				}),
		};
	}

	async #add(points: readonly Point[]): Promise<void> {
		const taken = new Promise<void>((resolve) => this.#pipeline.add(points, resolve));
		await this.#pipeline.commit();
		await taken;
	}

	#copyParts(to: string): CopyParts | undefined {
		const stores = this.#pipeline.copying(to);
		if (stores === undefined) return undefined;
		const { source, target } = stores;
		const alone: CopyParts['alone'] = (write) => target.alone(write);
		const { clock, log } = this.#context;
		return { source, target: target.store, alone, note: this.#copyNote, clock, log };
	}
}

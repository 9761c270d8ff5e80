import { type TariffPrices, type TariffPricesSet, topics } from '@pilotwire/contract';
import { type Bus, instantOf, messageOf, type ServiceContext, type TariffConfig } from '@pilotwire/runtime';

/** Where prices outlive the service. */
export interface PriceFile {
	read(): Promise<unknown>;
	write(value: unknown): Promise<void>;
}

/** The dated prices: the configuration seeds them, the bus owns them. */
export class PriceKeeper {
	readonly #context: Pick<ServiceContext, 'clock' | 'log'>;
	readonly #file: PriceFile;
	#prices: TariffPrices;

	constructor(
		context: Pick<ServiceContext, 'clock' | 'log'>,
		file: PriceFile,
		seed: Pick<TariffConfig, 'currency' | 'prices'>,
	) {
		this.#context = context;
		this.#file = file;
		const { currency, prices } = seed;
		this.#prices = {
			at: instantOf(context.clock.wallMs()),
			currency,
			prices: sorted(prices as TariffPrices['prices']),
		};
	}

	get prices(): TariffPrices {
		return this.#prices;
	}

	/** Takes up what was set in an earlier life, and hears what is set from now on. The bus is started afterwards. */
	async start(bus: Bus): Promise<void> {
		const kept = topics.tariffPrices.schema.safeParse(await this.#file.read());
		if (kept.success) this.#prices = kept.data;
		bus.on(topics.tariffPricesSet, {}, async (set) => {
			this.#set(set);
			// Whoever set them waits for this, and a card may take its time.
			bus.publish(topics.tariffPrices, {}, this.#prices);
			await this.#keep();
		});
		bus.publish(topics.tariffPrices, {}, this.#prices);
	}

	#set({ currency = this.#prices.currency, prices }: TariffPricesSet): void {
		const { clock, log } = this.#context;
		this.#prices = { at: instantOf(clock.wallMs()), currency, prices: sorted(prices) };
		log.info({ audit: 'prices_set', entries: prices.length }, `Prices set: ${prices.length} dated entries`);
	}

	async #keep(): Promise<void> {
		try {
			await this.#file.write(this.#prices);
		} catch (error) {
			this.#context.log.error({ err: error }, `the prices hold until the next restart only: ${messageOf(error)}`);
		}
	}
}

/** Oldest first; of two of one day the later one in the list. */
function sorted(prices: TariffPrices['prices']): TariffPrices['prices'] {
	const byDay = new Map(prices.map((entry) => [entry.from, entry]));
	return [...byDay.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
}

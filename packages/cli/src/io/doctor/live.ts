import {
	type AlertsState,
	alertTopics,
	type BoardState,
	type LinkState,
	type LoadState,
	type TelemetryState,
	topics,
} from '@pilotwire/contract';
import {
	askBroker,
	type BrokerAnswer,
	Bus,
	createContext,
	MqttTransport,
	silentLog,
	systemClock,
} from '@pilotwire/runtime';
import { busAddress, type House } from '../../config.ts';

/** What the running house says of itself, as retained on the bus. */
export interface Live {
	readonly answer: BrokerAnswer;
	readonly online: ReadonlySet<string>;
	/** By meter. */
	readonly links: ReadonlyMap<string, LinkState>;
	readonly loads: ReadonlyMap<string, LoadState>;
	/** By `<bus>-<address>`. */
	readonly boards: ReadonlyMap<string, BoardState>;
	readonly telemetry: TelemetryState | undefined;
	readonly alerts: AlertsState | undefined;
}

/** The account that sees the house from this machine's terminal. */
const ACCOUNT = 'terminal';
/** The retained states follow the subscription at once; this is for a machine that is busy. Milliseconds. */
const LISTEN_MS = 1_500;

/** Signs in and listens for a moment. Never rejects for want of a broker. */
export async function listenToHouse(house: House): Promise<Live> {
	const address = busAddress(house, ACCOUNT);
	const answer = await askBroker(address);
	const online = new Set<string>();
	const [links, loads] = [new Map<string, LinkState>(), new Map<string, LoadState>()];
	const boards = new Map<string, BoardState>();
	let telemetry: TelemetryState | undefined;
	let alerts: AlertsState | undefined;
	if (answer.kind === 'accepted') {
		const context = createContext(ACCOUNT, silentLog, systemClock, () => undefined);
		const bus = new Bus(context, house.site, new MqttTransport(address, ACCOUNT, context.log));
		bus.on(topics.status, {}, (status, { service }) => void (status === 'online' && online.add(service)));
		bus.on(topics.link, {}, (state, { meter }) => void links.set(meter, state));
		bus.on(topics.load, {}, (state, { meter }) => void loads.set(meter, state));
		bus.on(topics.board, {}, (state, { board }) => void boards.set(board, state));
		bus.on(topics.telemetry, {}, (state) => {
			telemetry = state;
		});
		bus.on(alertTopics.alerts, {}, (state) => {
			alerts = state;
		});
		bus.start();
		await new Promise<void>((resolve) => systemClock.after(LISTEN_MS, resolve));
		await bus.stop();
		context.end();
	}
	return { answer, online, links, loads, boards, telemetry, alerts };
}

import { dirname, join, resolve } from 'node:path';
import { demoHouse, type HouseDescription } from '@pilotwire/house';
import { checkMeters } from '@pilotwire/meter-reader';
import { radiatorActuatorFaults } from '@pilotwire/radiator-actuator';
import { loadConfig, type MqttAddress, machineSecret, readSecret, simulatorSocket } from '@pilotwire/runtime';
import { readHouse as readHouseDescription } from '@pilotwire/simulator';
import type { ConfigOptions } from './commands/options.ts';
import { type HouseFile, houseSchema } from './schema.ts';

/** A configuration, complete: where it keeps its data, and the simulated parts filled in. */
export interface House extends HouseFile {
	readonly dataDir: string;
	/** The house that the simulator runs; absent where everything is real. */
	readonly simulated: HouseDescription | undefined;
}

/** The account of a person or a program outside this house's own services. */
const HOME_ACCOUNT = 'home';
/** The account of the services themselves. */
const SERVICES_ACCOUNT = 'services';

/** Reads the configuration. A house without meters, boards and radiators is the simulated one. Throws `CONFIGURATION_*`. */
export async function readHouse(options: ConfigOptions): Promise<House> {
	const source = { file: options.config, settings: options.set };
	const file = loadConfig(source, houseSchema, [checkMeters, radiatorActuatorFaults]);
	const dataDir = resolve(
		file.dataDir ?? join(options.config === undefined ? '.' : dirname(options.config), '.pilotwire'),
	);
	if (!usesSimulator(file)) return { ...file, dataDir, simulated: undefined };
	const nothingNamed = file.boards.modules.length === 0 && file.radiators.length === 0;
	const simulated = file.simulator.house === 'demo' ? demoHouse() : await readHouseDescription(file.simulator.house);
	return { ...(nothingNamed ? withParts(file, simulated) : file), ...{ dataDir, simulated } };
}

function usesSimulator({ meters, boards }: HouseFile): boolean {
	return meters.some(({ source }) => source.startsWith('simulator:')) || String(boards.bus).startsWith('simulator');
}

/** The file with the meter, boards and radiators that a simulated house has, exactly as a person would write them. */
function withParts(file: HouseFile, house: HouseDescription): HouseFile {
	const boards = new Map(house.radiators.map(({ board, phase }) => [board, phase]));
	const parts = houseSchema.parse({
		meters: [{ id: 'main', source: 'simulator:' }],
		boards: { bus: 'simulator', modules: [...boards].map(([address, phase]) => ({ address, phase })) },
		radiators: house.radiators.map(({ id, name, board, wire, powerW, orders }, index) => ({
			id,
			name,
			board,
			wire,
			powerW,
			orders,
			priority: 1 + (index % 4),
		})),
	});
	return {
		...file,
		meters: parts.meters,
		boards: { ...parts.boards, readBackS: file.boards.readBackS },
		radiators: parts.radiators,
	};
}

/** Where the services find the bus, and the account they use there. */
export function busAddress(house: House): MqttAddress {
	const { url, username } = house.mqtt;
	if (url !== undefined) return { url, username, password: readSecret(house.mqtt) };
	const host = ['0.0.0.0', '::'].includes(house.broker.host) ? '127.0.0.1' : house.broker.host;
	return {
		url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${house.broker.port}`,
		username: username ?? SERVICES_ACCOUNT,
		password: readSecret(house.mqtt) ?? machineSecret(house.dataDir, SERVICES_ACCOUNT),
	};
}

/** The accounts that the embedded broker always has: its own services' and the household's. */
export function builtInAccounts(house: House): { name: string; password: string }[] {
	return [SERVICES_ACCOUNT, HOME_ACCOUNT].map((name) => ({ name, password: machineSecret(house.dataDir, name) }));
}

/** The household's account on the embedded broker, for MQTT Explorer and other clients. */
export function homeAccount(house: House): { name: string; password: string } {
	return { name: HOME_ACCOUNT, password: machineSecret(house.dataDir, HOME_ACCOUNT) };
}

/** Where the simulated house's parts listen. */
export function simulatorSockets(house: House): { lineSocket: string; busSocket: string; controlSocket: string } {
	return {
		lineSocket: house.simulator.lineSocket ?? simulatorSocket(house.dataDir, 'line'),
		busSocket: house.simulator.busSocket ?? simulatorSocket(house.dataDir, 'i2c'),
		controlSocket: house.simulator.controlSocket ?? simulatorSocket(house.dataDir, 'control'),
	};
}

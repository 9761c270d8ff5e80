import { dirname, join, resolve } from 'node:path';
import { demoHouse, type HouseDescription } from '@pilotwire/house';
import { checkMeters } from '@pilotwire/meter-reader';
import { radiatorActuatorFaults } from '@pilotwire/radiator-actuator';
import { loadConfig, type MqttAddress, machineSecret, readSecret, simulatorSocket } from '@pilotwire/runtime';
import { readHouse as readHouseDescription } from '@pilotwire/simulator';
import { telemetryFaults } from '@pilotwire/telemetry';
import type { ConfigOptions } from './commands/options.ts';
import { type HouseFile, houseSchema } from './schema.ts';

/** A configuration, complete: where it keeps its data, and the simulated parts filled in. */
export interface House extends HouseFile {
	readonly dataDir: string;
	/** The house that the simulator runs; absent where everything is real. */
	readonly simulated: HouseDescription | undefined;
}

/** Reads the configuration. A house without meters, boards and radiators is the simulated one. Throws `CONFIGURATION_*`. */
export async function readHouse(options: ConfigOptions): Promise<House> {
	const source = { file: options.config, settings: options.set };
	const file = loadConfig(source, houseSchema, [checkMeters, radiatorActuatorFaults, telemetryFaults]);
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

/** Where the bus is, and the account of one of this house's services there. */
export function busAddress(house: House, service: string): MqttAddress {
	const { url, username } = house.mqtt;
	if (url !== undefined) return { url, username, password: readSecret(house.mqtt) };
	return {
		url: brokerUrl(house),
		username: username ?? service,
		password: readSecret(house.mqtt) ?? machineSecret(house.dataDir, service),
	};
}

/** Where the bus is. */
export function brokerUrl(house: House): string {
	return house.mqtt.url ?? `mqtt://${inUrl(brokerHost(house))}:${house.broker.port}`;
}

/** A host as it stands in a URL. */
export const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Where the embedded broker is reached from this machine. */
export function brokerHost({ broker }: House): string {
	return ['0.0.0.0', '::'].includes(broker.host) ? '127.0.0.1' : broker.host;
}

/** Where the simulated house's parts listen. */
export function simulatorSockets(house: House): { lineSocket: string; busSocket: string; controlSocket: string } {
	return {
		lineSocket: house.simulator.lineSocket ?? simulatorSocket(house.dataDir, 'line'),
		busSocket: house.simulator.busSocket ?? simulatorSocket(house.dataDir, 'i2c'),
		controlSocket: house.simulator.controlSocket ?? simulatorSocket(house.dataDir, 'control'),
	};
}

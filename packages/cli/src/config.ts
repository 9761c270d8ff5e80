import { dirname, join, resolve } from 'node:path';
import { alertsFaults } from '@pilotwire/alerts/config';
import { bridgeFaults } from '@pilotwire/bridge/config';
import type { HouseDescription } from '@pilotwire/house';
import { loadShedderFaults } from '@pilotwire/load-shedder/config';
import { checkMeters } from '@pilotwire/meter-reader/config';
import { plannerFaults } from '@pilotwire/planner/config';
import { radiatorActuatorFaults } from '@pilotwire/radiator-actuator/config';
import { remoteAgentFaults } from '@pilotwire/remote-agent/config';
import {
	type Fault,
	loadConfig,
	type MqttAddress,
	machineSecret,
	readSecret,
	roomFaults,
	simulatorSocket,
	systemZone,
} from '@pilotwire/runtime';
import { relayAsSwitch, relayFaults, switchActuatorFaults } from '@pilotwire/switch-actuator/config';
import { telemetryFaults } from '@pilotwire/telemetry/config';
import { thermostatFaults } from '@pilotwire/thermostat/config';
import type { ConfigOptions } from './commands/options.ts';
import { demoPlan } from './demo-plan.ts';
import { type HouseFile, houseSchema } from './schema.ts';

/** A configuration, complete: where it keeps its data, and the simulated parts filled in. */
export interface House extends HouseFile {
	readonly dataDir: string;
	/** The house's zone: the configured one, or this machine's. */
	readonly timeZone: string;
	/** The house that the simulator runs; absent where everything is real. */
	readonly simulated: HouseDescription | undefined;
}

/** Reads the configuration. A house without meters, boards and radiators is the simulated one. Throws `CONFIGURATION_*`. */
export async function readHouse(options: ConfigOptions): Promise<House> {
	const source = { file: options.config, settings: options.set };
	const file = loadConfig(source, houseSchema, [
		checkMeters,
		shedderMeterFaults,
		roomFaults,
		radiatorActuatorFaults,
		switchActuatorFaults,
		relayFaults,
		(parts) => loadShedderFaults(withRelays(parts)),
		(parts) => plannerFaults(withRelays(parts)),
		telemetryFaults,
		remoteAgentFaults,
		alertsFaults,
		bridgeFaults,
		(parts) => thermostatFaults(withRelays(parts)),
	]);
	const dataDir = resolve(
		file.dataDir ?? join(options.config === undefined ? '.' : dirname(options.config), '.pilotwire'),
	);
	const timeZone = file.timeZone ?? systemZone();
	if (!usesSimulator(file)) return { ...withRelays(file), dataDir, timeZone, simulated: undefined };
	const nothingNamed = file.boards.modules.length === 0 && file.radiators.length === 0;
	const simulated = await descriptionOf(file.simulator.house);
	const whole = withRelays(nothingNamed ? withParts(file, simulated) : file);
	return { ...whole, ...{ dataDir, timeZone, simulated } };
}

/** The house that is simulated: the demonstration's, or that of a file. A real house loads neither. */
async function descriptionOf(house: string): Promise<HouseDescription> {
	if (house === 'demo') return (await import('@pilotwire/house')).demoHouse();
	return (await import('@pilotwire/simulator')).readHouse(house);
}

/** The file with its relays among the switches: all that holds for a plug holds for a relay. */
function withRelays<File extends Pick<HouseFile, 'switches' | 'relays'>>(file: File): File {
	return { ...file, switches: [...file.switches, ...file.relays.map(relayAsSwitch)] };
}

function usesSimulator({ meters, boards }: HouseFile): boolean {
	return meters.some(({ source }) => source.startsWith('simulator:')) || String(boards.bus).startsWith('simulator');
}

/** The file with the boards and radiators that a simulated house has, exactly as a person would write them. */
function withParts<File extends HouseFile>(file: File, house: HouseDescription): File {
	const boards = new Map(house.radiators.map(({ board, phase }) => [board, phase]));
	const { waterHeaterTopic } = file.simulator;
	const parts = houseSchema.parse({
		rooms: house.rooms.map(({ id, name, comfortC }) => ({ id, name, wantedC: comfortC })),
		switches: waterHeaterTopic === undefined ? [] : waterHeaterSwitch(house, waterHeaterTopic),
		boards: { bus: 'simulator', modules: [...boards].map(([address, phase]) => ({ address, phase })) },
		radiators: house.radiators.map(({ id, name, room, board, wire, powerW, orders }, index) => ({
			id,
			name,
			room,
			board,
			wire,
			powerW,
			orders,
			priority: 1 + (index % 4),
		})),
	});
	return {
		...file,
		boards: { ...parts.boards, readBackS: file.boards.readBackS },
		radiators: parts.radiators,
		rooms: file.rooms.length === 0 ? parts.rooms : file.rooms,
		switches: file.switches.length === 0 ? parts.switches : file.switches,
		planner: isPlanned(file) ? file.planner : { ...file.planner, ...demoPlan },
	};
}

/** Whether the file says itself who heats when; a house of one's own has no week of the demonstration's. */
function isPlanned({ planner, simulator }: HouseFile): boolean {
	return simulator.house !== 'demo' || planner.zones.length + planner.programmes.length + planner.rules.length > 0;
}

/** The plug of a simulated house's water heater, as a person would write it. */
function waterHeaterSwitch({ waterHeater }: HouseDescription, topic: string) {
	if (waterHeater === undefined) return [];
	const { id, name, phase, powerW } = waterHeater;
	return [
		{
			...{ id, name, phase, powerW, kind: 'water_heater', priority: 5 },
			output: { topic: `${topic}/set` },
			feedback: { topic, path: 'state' },
			power: { topic, path: 'power' },
			hotWater: { minimumKWh: 6 },
		},
	];
}

/** Another simulated house in the place of the one that a configuration has. */
export function houseWith(house: House, simulated: HouseDescription): House {
	return { ...withParts(house, simulated), simulated };
}

/** The radiators with their ratings, each on the phase of its board. */
export function radiatorsOfHouse({ radiators, boards }: Pick<HouseFile, 'radiators' | 'boards'>) {
	const phaseOf = new Map(boards.modules.map(({ address, phase }) => [address, phase]));
	return radiators.map(({ id, powerW, board }) => ({ id, powerW, phase: phaseOf.get(board) ?? (1 as const) }));
}

/** The meter whose load decides which circuits wait: the one named, or the first. */
export function shedderMeter({ shedder, meters }: Pick<HouseFile, 'shedder' | 'meters'>): string {
	return shedder.meter ?? meters[0]?.id ?? 'main';
}

/** The meter named there must be one that is read: nothing is ever shed on the word of one that isn't. */
function shedderMeterFaults({ shedder, meters }: HouseFile): Fault[] {
	if (shedder.meter === undefined || meters.some(({ id }) => id === shedder.meter)) return [];
	const expected = `the id of one of meters (${meters.map(({ id }) => id).join(', ')})`;
	return [{ path: 'shedder.meter', expected, received: JSON.stringify(shedder.meter) }];
}

/** Where the bus is, and the account of one of this house's services there. */
export function busAddress(house: House, service: string): MqttAddress {
	const { url, username, ownAccounts } = house.mqtt;
	if (url !== undefined && !ownAccounts) return { url, username, password: readSecret(house.mqtt) };
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

// The house that the screenshots show: the simulated one, and what is said on its bus besides, so that each screen has
// something to show.
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startProgram } from '../support/processes.ts';

/** An address of its own. */
export const HOST = '127.0.8.1';

/** Prices of a contract with off-peak hours, so that there are costs to see. */
export const prices = {
	currency: 'EUR',
	prices: [
		{
			...{ from: '2025-02-01', name: 'Heures creuses', subscription: { amount: 20.21, per: 'month' } },
			energy: [
				{ period: 'peak', perKWh: 0.27 },
				{ period: 'off_peak', perKWh: 0.2068 },
			],
		},
	],
};

/** An answer to the question which subscription would do, which a house of this age can't give. */
export const advice = {
	...{ at: new Date().toISOString(), state: 'done', outsideC: 4.5, days: 14, startedAt: new Date().toISOString() },
	learned: {
		...{ days: 14, daysLeftOut: 0, radiators: 11, phases: 3, sure: true },
		...{ heatingKWhADay: 41.2, heatingPlusMinusKWh: 3.1, otherKWhADay: 17.8 },
	},
	trials: ([1, 3] as const).flatMap((phases) =>
		[3, 6, 9, 12, 15, 18].map((prefKVA, size) => ({
			...{ prefKVA, phases, openings: Math.max(0, 14 - 7 * size), openingsWithoutHeating: size === 0 ? 5 : 0 },
			...{ minutesShed: 16_000 / (size + 1) ** 2, comfortLostKh: 900 / (size + 1) ** 2, coldestC: 16.5, days: 14 },
			suffices: size > 1,
		})),
	),
};

/** Two probes and what one runs; this script speaks for them, on topics that an administrator may use. */
export const PROBE_TOPIC = 'homeassistant/fermenteur';
export const OUTSIDE_TOPIC = 'homeassistant/dehors';
export const OUTSIDE_C = -4.5;
export const cellar = {
	switches: [{ id: 'ceinture', name: 'Ceinture', powerW: 35, programme: 'off', output: { topic: 'ceinture/set' } }],
	probes: [
		{ id: 'fermenteur', name: 'Fermenteur', source: { topic: PROBE_TOPIC }, jumpC: 50 },
		{ id: 'outside', name: 'Dehors', source: { topic: OUTSIDE_TOPIC } },
	],
	thermostats: [{ id: 'biere', name: 'Bière', probe: 'fermenteur', heats: 'ceinture', mode: 'heat', targetC: 19 }],
};
/** What other services show: devices of the gateway, and this machine from afar. */
export const beside = (disk: string) => ({
	deviceGateway: { host: HOST },
	remoteAgent: {
		...{ enabled: true, id: 'cave', name: 'Cave', files: { roots: { photos: { path: disk, write: true } } } },
		commands: { named: { uptime: { about: 'says since when it runs', run: ['uptime'] } }, shell: true },
	},
});
const devices = { cuve: { status: 'charging', level: 81.5, pump: true }, portail: { open: false, battery: 64 } };

/** A winter's day of a contract with colours. */
export const tempo = () => ({
	...{ at: new Date().toISOString(), source: 'topic', period: 'peak', colour: 'white' },
	...{ colourToday: 'white', colourTomorrow: 'red' },
	next: { at: new Date(new Date().setHours(22, 0, 0, 0)).toISOString(), period: 'off_peak' },
});

/** Around the target, so that the belt goes on and off. °C. */
export const beerC = (second: number): string => (19 + Math.sin(second / 40)).toFixed(1);

/** What goes wrong: more than the limit on phase 2, so little that no breaker opens; and the board of phase 3. */
const troubles = [
	{ do: 'load', phase: 2, powerW: 4_500 },
	{ do: 'board', address: 0x22, condition: 'mute' },
];
/** Until it shows. Seconds. */
const TROUBLE_AFTER_S = 12;

export async function bringTrouble(dataDir: string): Promise<void> {
	const socket = connect(join(dataDir, 'simulator-control.sock'));
	for (const trouble of troubles) {
		socket.write(`${JSON.stringify(trouble)}\n`);
		const [answer] = (await once(socket, 'data')) as [Buffer];
		if (!String(answer).includes('"ok":true')) throw new Error(`the simulator refused ${trouble.do}: ${answer}`);
	}
	socket.destroy();
	await new Promise((resolve) => setTimeout(resolve, TROUBLE_AFTER_S * 1_000));
}

/** Plays the devices; the result ends that. `at`: where the house's command looks. */
export async function playDevices(at: readonly string[]): Promise<() => void> {
	const sockets: WebSocket[] = [];
	for (const [name, told] of Object.entries(devices)) {
		const adding = startProgram(process.execPath, ['packages/cli/bin/pilotwire.js', 'account', 'token', name, ...at]);
		await adding.ended;
		const [, password] = /^([\w-]{43})$/m.exec(adding.lines.map(({ text }) => text).join('\n')) ?? [];
		const socket = new WebSocket(`ws://${HOST}:8765`);
		await once(socket, 'open');
		socket.send(JSON.stringify({ type: 'auth', name, password }));
		socket.send(JSON.stringify({ type: 'telemetry', ...told }));
		sockets.push(socket);
	}
	return () => {
		for (const socket of sockets) socket.terminate();
	};
}

// Many devices in one process, and a subscriber that hears them on the bus; run as a program of its own.
// Words: address of the gateway, address of the broker, its account and password, a file of [name, secret], seconds.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { WebSocket } from 'ws';

/** Sign-ins at once. */
const AT_ONCE = 40;
const SECOND_MS = 1_000;
/** Not measured: code that runs for the first time. */
const WARM_UP_S = 10;

const [gateway = '', broker = '', username = '', password = '', file = '', seconds = ''] = process.argv.slice(2);
const accounts = JSON.parse(readFileSync(file, 'utf8')) as [string, string][];

const subscriber = await connectAsync(broker, { username, password, reconnectPeriod: 0 });
const tookMs: number[] = [];
let heard = 0;
let measuring = false;
subscriber.on('message', (_topic, payload) => {
	const nowMs = performance.now();
	const { telemetry } = JSON.parse(payload.toString()) as { telemetry?: { values: { sentMs: number } } };
	if (telemetry === undefined) return;
	heard += 1;
	if (measuring) tookMs.push(nowMs - telemetry.values.sentMs);
});

const sockets: WebSocket[] = [];
const open = async ([name, secret]: [string, string]): Promise<void> => {
	const socket = new WebSocket(gateway);
	await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
	socket.send(JSON.stringify({ type: 'auth', name, password: secret }));
	socket.once('close', () => console.error(`${name} was closed`));
	sockets.push(socket);
};
for (let from = 0; from < accounts.length; from += AT_ONCE) {
	await Promise.all(accounts.slice(from, from + AT_ONCE).map(open));
}
await wait(3 * SECOND_MS);
await subscriber.subscribeAsync('pilotwire/home/devices/+/state', { qos: 0 });
await wait(3 * SECOND_MS);

/** Each has its own moment of the second, as devices that were switched on one after the other have. */
let sent = 0;
const timers = sockets.map((socket, index) =>
	setTimeout(
		() => {
			const say = (): void => {
				sent += 1;
				const told = { type: 'telemetry', status: 'idle', sentMs: performance.now(), level: 81.5, pump: true };
				socket.send(JSON.stringify(told));
			};
			say();
			timers[index] = setInterval(say, SECOND_MS);
		},
		(index / sockets.length) * SECOND_MS,
	),
);
await wait(WARM_UP_S * SECOND_MS);
const before = { sent, heard };
measuring = true;
await wait(Number(seconds) * SECOND_MS);
measuring = false;
const result = { devices: sockets.length, sent: sent - before.sent, heard: heard - before.heard };
tookMs.sort((a, b) => a - b);
const at = (part: number): number | undefined => tookMs[Math.floor(part * (tookMs.length - 1))];
console.log(JSON.stringify({ ...result, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }));
for (const timer of timers) clearInterval(timer);
for (const socket of sockets) socket.removeAllListeners('close').terminate();
await subscriber.endAsync();

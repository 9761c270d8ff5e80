// The bus as the page has it while somebody is signed in: what is sent, asked and heard goes through here.
import { encodePayload, type Topic, topicFilter, topicName, topics } from '@pilotwire/contract';
import { Connection } from '../core/connection.ts';
import { type Message, watched } from '../core/house.ts';
import { RpcCaller } from '../core/rpc.ts';
import { mqttOpener } from '../io/mqtt.ts';
import { after } from './after.ts';
import { link } from './store.ts';

/** What is said before signing out may take this long. Milliseconds. */
const GOODBYES_MS = 500;

/** Whom the bus tells what happens. */
type Owner = Pick<ConstructorParameters<typeof Connection>[0], 'sessionHolds' | 'onLink' | 'onMessage' | 'onEnded'>;

let bus: { readonly site: string; readonly connection: Connection; readonly rpc: RpcCaller } | undefined;
/** Screens that hear topics of their own. */
const hearers = new Set<(message: Message) => void>();
const goodbyes = new Set<() => Promise<void>>();

/** Whether it has been opened; the link says whether it is reached. */
export const isOpen = (): boolean => bus !== undefined;

/** Opens it. `seenMs`: the house is shown as it was then, and has not been reached since. */
export function openBus(site: string, owner: Owner, seenMs?: number): void {
	const random = crypto.getRandomValues(new Uint8Array(8));
	const client = `web-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
	const address = new URL('/mqtt', location.href);
	address.protocol = address.protocol.replace('http', 'ws');
	const replies = topicFilter(site, topics.rpcReply, { client });
	const filters = [...watched.map((topic) => topicFilter(site, topic)), replies];
	const onMessage = (message: Message): void => {
		if (bus?.rpc.hear(message.topic, message.payload) === true) return;
		for (const hearer of hearers) hearer(message);
		owner.onMessage(message);
	};
	const open = mqttOpener({ url: address.href, clientId: client, filters });
	const connection = new Connection({ ...owner, open, nowMs: Date.now, after, onMessage });
	const publish = (topic: string, payload: string) => connection.publish(topic, payload);
	bus = { site, connection, rpc: new RpcCaller(site, client, { publish, after }) };
	connection.start(seenMs);
}

/** Closes it. */
export function closeBus(): void {
	bus?.connection.stop();
	bus = undefined;
}

/** Tries again at once where it is away: the network may be back. */
export function wakeBus(): void {
	bus?.connection.wake();
}

/** The network has gone. */
export function busLost(): void {
	bus?.connection.lost();
}

/** Publishes a change that people made, now or not at all; rejects where the bus is away or would not take it. */
export async function send<Payload>(
	topic: Topic<string, Payload>,
	payload: Payload,
	parameters: Readonly<Record<string, string>> = {},
): Promise<void> {
	if (bus === undefined || link.value.kind !== 'up') throw new Error('not connected');
	await bus.connection.publish(topicName(bus.site, topic, parameters), encodePayload(topic, payload));
}

/** Publishes bytes, now or not at all; rejects where the bus is away. */
export async function sendBytes(topic: string, payload: Uint8Array): Promise<void> {
	if (bus === undefined || link.value.kind !== 'up') throw new Error('not connected');
	await bus.connection.publish(topic, payload);
}

/** Asks a service; rejects where it refuses, does not answer, or the bus is away. */
export async function ask(
	service: string,
	method: string,
	params: Record<string, unknown>,
	withinMs?: number,
): Promise<unknown> {
	if (bus === undefined || link.value.kind !== 'up') throw new Error('not connected');
	return bus.rpc.call(service, method, params, withinMs);
}

/** Hears topics that only one screen needs, while it needs them; the result ends that. */
export function listen(filters: readonly string[], hearer: (message: Message) => void): () => void {
	hearers.add(hearer);
	const ends = filters.map((filter) => bus?.connection.hear(filter));
	return () => {
		hearers.delete(hearer);
		for (const end of ends) end?.();
	};
}

/** Says something before the session ends by signing out; the result takes that back. */
export function beforeSignOut(say: () => Promise<void>): () => void {
	goodbyes.add(say);
	return () => goodbyes.delete(say);
}

/** Says what has to be said before the session ends; waits for it, but not for long. */
export async function sayGoodbyes(): Promise<void> {
	await Promise.race([
		Promise.allSettled([...goodbyes].map((say) => say())),
		new Promise<void>((resolve) => void after(GOODBYES_MS, resolve)),
	]);
}

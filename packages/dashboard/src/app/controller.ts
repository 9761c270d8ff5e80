// Ties the page together: session, connection, what arrives, what is sent, and the passing of time.
import { encodePayload, topicFilter, topicName, topics } from '@pilotwire/contract';
import { effect } from '@preact/signals';
import { type Command, confirm, dismiss, expire, fail, give, payloadOf, shows } from '../core/commands.ts';
import { Connection } from '../core/connection.ts';
import type { Link } from '../core/freshness.ts';
import { LoadHistory } from '../core/history.ts';
import { loadPoints, loadQuery } from '../core/history-query.ts';
import { asOld, emptyHouse, hear, type Message, trueAtMs, watched } from '../core/house.ts';
import { RpcCaller } from '../core/rpc.ts';
import { screenOf } from '../core/screens.ts';
import { orderKeys } from '../core/words.ts';
import { mqttOpener } from '../io/mqtt.ts';
import { type Preferences, writePreferences } from '../io/preferences.ts';
import { type Account, currentAccount, signIn as signInAtServer, signOut as signOutAtServer } from '../io/session.ts';
import * as store from './store.ts';

const TICK_MS = 1_000;
/** A reload of the history is asked for again this often while none answers. Milliseconds. */
const HISTORY_AGAIN_MS = 30_000;

let connection: Connection | undefined;
let rpc: RpcCaller | undefined;
let site = '';
let historyAskedMs = 0;

function after(ms: number, act: () => void): () => void {
	const timer = setTimeout(act, ms);
	return () => clearTimeout(timer);
}

/** Says a sentence to people who hear the screen. */
function announce(text: string): void {
	store.announcement.value = { text, serial: store.announcement.value.serial + 1 };
}

/** Begins: who is signed in, then the bus. The first paint has been made by then. */
export function start(): void {
	follow();
	void askWho();
}

async function askWho(): Promise<void> {
	const account = await currentAccount();
	if (account === 'none') store.session.value = { kind: 'out' };
	else if (account === 'unreachable') {
		store.session.value = { kind: 'unreachable' };
		after(3_000, () => void askWho());
	} else enter(account);
}

function enter(account: Account): void {
	site = account.site;
	store.session.value = { kind: 'in', account };
	const random = crypto.getRandomValues(new Uint8Array(8));
	const client = `web-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
	const address = new URL('/mqtt', location.href);
	address.protocol = address.protocol.replace('http', 'ws');
	const replies = topicFilter(site, topics.rpcReply, { client });
	const filters = [...watched.map((topic) => topicFilter(site, topic)), replies];
	const opened = new Connection({
		open: mqttOpener({ url: address.href, clientId: client, filters }),
		nowMs: Date.now,
		after,
		sessionHolds,
		onLink,
		onMessage,
		onEnded: () => leave('ended'),
	});
	connection = opened;
	rpc = new RpcCaller(site, client, { publish: (topic, payload) => opened.publish(topic, payload), after });
	opened.start();
}

async function sessionHolds(): Promise<'holds' | 'ended' | 'unknown'> {
	const account = await currentAccount();
	if (account === 'unreachable') return 'unknown';
	return account === 'none' ? 'ended' : 'holds';
}

function leave(notice?: 'ended' | 'unconfirmed'): void {
	connection?.stop();
	connection = undefined;
	rpc = undefined;
	store.house.value = emptyHouse;
	store.commands.value = new Map();
	store.link.value = { kind: 'connecting' };
	store.recent.value = new LoadHistory(store.recent.value.rangeMs, 60);
	freshHistory();
	store.session.value = notice === undefined ? { kind: 'out' } : { kind: 'out', notice };
}

/** Signs in; the outcome where it did not come to that. */
export async function signIn(name: string, password: string): ReturnType<typeof signInAtServer> {
	const result = await signInAtServer(name, password);
	if (result.outcome === 'done') await askWho();
	return result;
}

/** Ends the session on the server, and forgets what the house said. */
export async function signOut(): Promise<void> {
	connection?.stop();
	const ended = await signOutAtServer();
	leave(ended ? undefined : 'unconfirmed');
}

function onLink(link: Link): void {
	const before = store.link.value.kind;
	store.link.value = link;
	store.now.value = Date.now();
	if (link.kind === 'up') {
		if (before === 'down') announce(store.t.value('say.connected'));
		historyAskedMs = 0;
		askHistory();
	} else {
		store.house.value = asOld(store.house.value);
		store.commands.value = fail(store.commands.value, 'lost', Date.now());
	}
}

function onMessage(message: Message): void {
	if (rpc?.hear(message.topic, message.payload) === true) return;
	const before = store.house.value;
	const house = hear(before, site, message);
	if (house === before) return;
	store.house.value = house;
	if (house.loads !== before.loads && !message.retained) keepLoad();
	if (house.circuits !== before.circuits) confirmFrom(before.circuits);
}

function keepLoad(): void {
	const house = store.house.value;
	for (const { value, live } of house.loads.values()) {
		if (!live) continue;
		for (const { phase, at, apparentPowerVA } of value.phases) {
			const atMs = trueAtMs(house, at);
			store.history.value.add(phase, atMs, apparentPowerVA);
			store.recent.value.add(phase, atMs, apparentPowerVA);
		}
	}
	store.historyVersion.value += 1;
	askHistory();
}

function confirmFrom(before: ReturnType<typeof store.house.peek>['circuits']): void {
	const { circuits, clockAheadMs = 0 } = store.house.value;
	for (const [id, said] of circuits) {
		if (before.get(id) === said) continue;
		const was = store.commands.value;
		store.commands.value = confirm(was, id, said.value, clockAheadMs, Date.now());
		const pending = store.commands.value.get(id);
		if (store.commands.value === was || pending === undefined) continue;
		announce(store.t.value('say.confirmed', { name: said.value.name, order: orderName(pending.command) }));
	}
}

const orderName = ({ order }: Command): string => store.t.value(orderKeys[order].name);

/** Gives an order to one radiator or to `all`. Sent now or not at all: an order is never kept for later. */
export async function command(target: string, given: Command): Promise<void> {
	const { circuits, clockAheadMs = 0 } = store.house.value;
	const ids = target === 'all' ? [...circuits.keys()] : [target];
	const nowMs = Date.now();
	if (connection === undefined || store.link.value.kind !== 'up') {
		announce(store.t.value('command.away'));
		return;
	}
	store.commands.value = give(store.commands.value, ids, given, nowMs);
	const name = target === 'all' ? store.t.value('radiators.all') : (circuits.get(target)?.value.name ?? target);
	announce(store.t.value('say.sent', { name, order: orderName(given) }));
	const payload = encodePayload(topics.circuitSet, payloadOf(given, clockAheadMs, nowMs));
	try {
		await connection.publish(topicName(site, topics.circuitSet, { circuit: target }), payload);
		confirmStanding(ids, given);
	} catch {
		store.commands.value = fail(store.commands.value, 'refused', Date.now(), ids);
	}
}

/** The broker has it; a radiator whose state was that already says nothing new, so that its standing state confirms. */
function confirmStanding(ids: readonly string[], given: Command): void {
	const { circuits, clockAheadMs = 0 } = store.house.value;
	for (const id of ids) {
		const state = circuits.get(id)?.value;
		if (state === undefined || !shows(state, given, clockAheadMs)) continue;
		store.commands.value = confirm(store.commands.value, id, state, clockAheadMs, Date.now());
	}
}

/** A failed command has been read. */
export function dismissCommand(id: string): void {
	store.commands.value = dismiss(store.commands.value, id);
}

function freshHistory(): void {
	store.history.value = new LoadHistory(store.hours.value * 3_600_000, store.CHART_SLOTS);
	store.historyStatus.value = 'loading';
	store.historyVersion.value += 1;
	historyAskedMs = 0;
}

/** Shows another stretch of time. */
export function showHours(hours: 1 | 6 | 24): void {
	store.hours.value = hours;
	freshHistory();
	askHistory();
}

/** Asks for the last hours once the meter is known; again later where nobody answered. */
function askHistory(): void {
	const nowMs = Date.now();
	const { loads, clockAheadMs } = store.house.value;
	const meter = [...loads.keys()].sort()[0];
	const soon = nowMs - historyAskedMs < HISTORY_AGAIN_MS;
	const has = store.historyStatus.value === 'there' && historyAskedMs !== 0;
	if (rpc === undefined || meter === undefined || clockAheadMs === undefined || soon || has) return;
	historyAskedMs = nowMs;
	void fetchHistory(rpc, meter, clockAheadMs, nowMs);
}

async function fetchHistory(caller: RpcCaller, meter: string, clockAheadMs: number, nowMs: number): Promise<void> {
	const history = store.history.value;
	// Whole slots, so that each bucket of the answer is one slot of the chart.
	const toMs = (Math.floor(nowMs / history.widthMs) + 1) * history.widthMs;
	const query = loadQuery(meter, toMs - history.rangeMs - clockAheadMs, toMs - clockAheadMs, store.CHART_SLOTS);
	let phases: ReturnType<typeof loadPoints>;
	try {
		phases = loadPoints(await caller.call('telemetry', 'query', query), clockAheadMs);
	} catch {
		phases = undefined;
	}
	// Another stretch of time may have been chosen meanwhile.
	if (history !== store.history.value) return;
	if (phases === undefined) {
		if (store.historyStatus.value === 'loading') store.historyStatus.value = 'missing';
		return;
	}
	for (const [phase, points] of phases) history.fill(phase, points);
	store.historyStatus.value = 'there';
	store.historyVersion.value += 1;
}

/** Keeps what this device prefers. */
export function prefer(change: Partial<Preferences>): void {
	store.preferences.value = { ...store.preferences.value, ...change };
	writePreferences(store.preferences.value);
}

/** Follows time, the address, the network, and whether anybody looks. */
function follow(): void {
	const tick = (): void => {
		const nowMs = Date.now();
		store.now.value = nowMs;
		const was = store.commands.value;
		store.commands.value = expire(was, nowMs);
		sayFailed(was);
	};
	setInterval(tick, TICK_MS);
	addEventListener('hashchange', () => {
		store.screen.value = screenOf(location.hash);
	});
	addEventListener('online', () => connection?.wake());
	addEventListener('offline', () => connection?.lost());
	addEventListener('pageshow', () => connection?.wake());
	document.addEventListener('visibilitychange', () => {
		if (document.visibilityState !== 'visible') return;
		tick();
		connection?.wake();
	});
	effect(() => {
		const { theme } = store.preferences.value;
		if (theme === 'auto') delete document.documentElement.dataset['theme'];
		else document.documentElement.dataset['theme'] = theme;
		document.documentElement.lang = store.language.value;
	});
}

function sayFailed(was: typeof store.commands.value): void {
	for (const [id, { progress, command: given }] of store.commands.value) {
		if (progress !== 'unconfirmed' || was.get(id)?.progress === 'unconfirmed') continue;
		const name = store.house.value.circuits.get(id)?.value.name ?? id;
		announce(store.t.value('say.failed', { name, order: orderName(given) }));
	}
}

// Ties the page together: session, what arrives, and the passing of time.
import { effect } from '@preact/signals';
import type { Link } from '../core/freshness.ts';
import { LoadHistory } from '../core/history.ts';
import { asOld, emptyHouse, forgetUnsaid, hear, type Message } from '../core/house.ts';
import { screenOf } from '../core/screens.ts';
import { eraseHostRecord } from '../io/erase-record.ts';
import { eraseKeptHouse, type KeptHouse, type KeptMessage, readKeptHouse, writeKeptHouse } from '../io/kept-house.ts';
import { type Preferences, writePreferences } from '../io/preferences.ts';
import { startServiceWorker } from '../io/service-worker.ts';
import { type Account, currentAccount, signIn as signInAtServer, signOut as signOutAtServer } from '../io/session.ts';
import { after } from './after.ts';
import { busLost, closeBus, isOpen, openBus, sayGoodbyes, wakeBus } from './bus.ts';
import { followCost, forgetCost } from './cost-now.ts';
import { askHistoryAnew, freshHistory, keepLoad } from './load-history.ts';
import { confirmFrom, expireOrders, loseOrders } from './orders.ts';
import { announce } from './say.ts';
import * as store from './store.ts';

const TICK_MS = 1_000;
/** The server may take this long to say who is signed in before the house is shown as it was last seen. Milliseconds. */
const KEPT_AFTER_MS = 1_000;
/** What the house says is put aside for a start without a network this often. Milliseconds. */
const KEEP_EVERY_MS = 30_000;
/** The broker has sent by then what it keeps. Milliseconds. */
const FORGET_AFTER_MS = 5_000;

/** The newest word of each topic as it came, to be kept on this device. */
const said = new Map<string, KeptMessage>();

/** Begins: who is signed in, then the bus. The first paint has been made by then. */
export function start(): void {
	follow();
	void askWho();
	startServiceWorker();
}

async function askWho(): Promise<void> {
	const cancel = after(KEPT_AFTER_MS, showKept);
	const account = await currentAccount();
	cancel();
	if (account === 'none') leave(isOpen() ? 'ended' : undefined);
	else if (account !== 'unreachable') enter(account);
	else if (!showKept()) {
		store.session.value = { kind: 'unreachable' };
		after(3_000, () => void askWho());
	}
}

/** Shows the house as it was last seen while the server doesn't answer; whether there was something to show. */
function showKept(): boolean {
	const kept = readKeptHouse();
	if (isOpen() || kept === undefined || kept.messages.length === 0) return isOpen();
	fillFrom(kept);
	enter(kept.account, Math.max(...kept.messages.map(([, , heardMs]) => heardMs)));
	return true;
}

/** The house as this device kept it: all of it counts as old. */
function fillFrom({ account, messages }: KeptHouse): void {
	for (const [topic, text, heardMs] of messages) {
		said.set(topic, [topic, text, heardMs]);
		const payload = new TextEncoder().encode(text);
		store.house.value = hear(store.house.value, account.site, { topic, payload, retained: true, heardMs });
	}
}

/** Puts aside what the house said, for a start without a network. */
function keepHouse(): void {
	const { session } = store;
	if (session.value.kind !== 'in' || said.size === 0) return;
	writeKeptHouse({ account: session.value.account, messages: [...said.values()] });
}

/** Opens the bus. `seenMs`: the house is shown as it was then, and has not been reached since. */
function enter(account: Account, seenMs?: number): void {
	if (isOpen()) {
		// It was shown as it was last seen; the connection is under way.
		store.session.value = { kind: 'in', account };
		wakeBus();
		return;
	}
	const { name, site } = account;
	// The code of the bus takes a while to come: until then the house stands there as it was last seen.
	const kept = seenMs === undefined ? readKeptHouse() : undefined;
	if (kept?.account.name === name && kept.account.site === site) fillFrom(kept);
	store.session.value = { kind: 'in', account };
	const onMessage = (message: Message): void => hearMessage(site, message);
	openBus(site, { sessionHolds, onLink, onMessage, onEnded: () => leave('ended') }, seenMs);
}

async function sessionHolds(): Promise<'holds' | 'ended' | 'unknown'> {
	const account = await currentAccount();
	if (account === 'unreachable') return 'unknown';
	return account === 'none' ? 'ended' : 'holds';
}

function leave(notice?: 'ended' | 'unconfirmed'): void {
	closeBus();
	said.clear();
	eraseKeptHouse();
	eraseHostRecord();
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
	await sayGoodbyes();
	closeBus();
	const ended = await signOutAtServer();
	leave(ended ? undefined : 'unconfirmed');
}

function onLink(link: Link): void {
	const before = store.link.value.kind;
	store.link.value = link;
	store.now.value = Date.now();
	if (link.kind === 'up') {
		forgetCost();
		if (before === 'down') announce(store.t.value('say.connected'));
		askHistoryAnew();
	} else {
		store.house.value = asOld(store.house.value);
		loseOrders();
	}
}

const decoder = new TextDecoder();

function hearMessage(site: string, message: Message): void {
	const before = store.house.value;
	const house = hear(before, site, message);
	if (house === before) return;
	store.house.value = house;
	const { topic, payload, heardMs } = message;
	if (payload.length === 0) said.delete(topic);
	else said.set(topic, [topic, decoder.decode(payload), heardMs]);
	if (house.loads !== before.loads && !message.retained) keepLoad();
	if (house.circuits !== before.circuits) confirmFrom(before.circuits);
	if (house.prices !== before.prices) forgetCost();
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
		expireOrders(nowMs);
		forgetGone(nowMs);
		followCost(nowMs);
	};
	setInterval(tick, TICK_MS);
	setInterval(keepHouse, KEEP_EVERY_MS);
	addEventListener('hashchange', () => {
		store.screen.value = screenOf(location.hash);
	});
	addEventListener('online', wakeBus);
	addEventListener('offline', busLost);
	addEventListener('pagehide', keepHouse);
	addEventListener('pageshow', wakeBus);
	document.addEventListener('visibilitychange', () => {
		if (document.visibilityState !== 'visible') return keepHouse();
		tick();
		wakeBus();
	});
	effect(() => {
		const { theme } = store.preferences.value;
		if (theme === 'auto') delete document.documentElement.dataset['theme'];
		else document.documentElement.dataset['theme'] = theme;
		document.documentElement.lang = store.language.value;
	});
}

/** Some seconds after a connection, what the bus no longer keeps leaves the screen. */
function forgetGone(nowMs: number): void {
	const link = store.link.value;
	if (link.kind !== 'up' || nowMs - link.sinceMs < FORGET_AFTER_MS) return;
	const house = forgetUnsaid(store.house.value, link.sinceMs);
	if (house === store.house.value) return;
	store.house.value = house;
	for (const [topic, [, , heardMs]] of said) if (heardMs < link.sinceMs) said.delete(topic);
}

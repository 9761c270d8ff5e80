// The machines' screen: which bus and machine, what was measured, and the record of it. It comes with the screen.
import type { HostLog } from '@pilotwire/contract';
import { computed, effect, signal } from '@preact/signals';
import { csvHead, csvLine, jsonLine, type Kept, keep, type Point, pointOf, withPoint } from '../core/host-record.ts';
import { hearMachine, type Machines, machineFilters, type RhythmS, sortedMachines } from '../core/machines.ts';
import { type HostRecord, hostRecord } from '../io/host-record.ts';
import { mayConnect, type Permission, whenBlocked } from '../io/page-policy.ts';
import { beforeSignOut } from './bus.ts';
import { type FirstTry, type HostBus, type OtherBroker, otherBus, ownBus } from './host-bus.ts';
import { Watch } from './host-watch.ts';
import { session } from './store.ts';

export const bus = signal<HostBus | undefined>(undefined);
export const machines = signal<Machines>(new Map());
/** The machine that was chosen; undefined: the first. */
export const picked = signal<string | undefined>(undefined);
export const chosen = computed(() => picked.value ?? sortedMachines(machines.value)[0]?.[0]);
export const rhythm = signal<RhythmS>(2);
export const watching = signal(false);
/** When watching began, browser's clock, ms. */
export const beganMs = signal(0);
/** The last live sample, and when it arrived (browser's clock, ms). */
export const latest = signal<{ readonly sample: HostLog; readonly heardMs: number } | undefined>(undefined);
/** All that was watched of this machine, in outline. */
export const points = signal<readonly Point[]>([]);
/** A moment of the record that is looked at; undefined: now. */
export const past = signal<Kept | undefined>(undefined);
/** Whether this browser keeps a record. */
export const keeping = signal(true);
/** How far another broker is; `no` where none is asked for. */
export const other = signal<
	'no' | 'asking' | 'open' | 'refused' | 'unreachable' | 'mixed' | Exclude<Permission, 'allowed'>
>('no');
/** Whether samples with their processes are offered here. */
export const mayWatch = computed(
	() => bus.value?.name !== 'own' || (session.value.kind === 'in' && session.value.account.role === 'admin'),
);

/** Samples wait so long before they are written down: a write for each would wear the phone. Milliseconds. */
const WRITE_EVERY_MS = 5_000;

let watch: Watch | undefined;
let record: HostRecord | undefined;
let unwritten: Kept[] = [];
let endOther: (() => void) | undefined;

/** Follows the machines while the screen is open; the result ends everything that was begun. */
export function followMachines(): () => void {
	bus.value = ownBus();
	other.value = 'no';
	const stopHearing = effect(() => {
		const on = bus.value;
		machines.value = new Map();
		return on?.listen(machineFilters(on.site), (message) => {
			machines.value = hearMachine(machines.peek(), on.site, message);
		});
	});
	const stopRecord = effect(() => {
		const [on, host] = [bus.value, chosen.value];
		if (on === undefined || host === undefined) return;
		void openRecord(hostRecord(`${on.name} ${on.site} ${host}`));
	});
	const timer = setInterval(() => void write(), WRITE_EVERY_MS);
	const stopGoodbye = beforeSignOut(stopWatching);
	const hide = (): void => void stopWatching();
	addEventListener('pagehide', hide);
	return () => {
		removeEventListener('pagehide', hide);
		stopGoodbye();
		void leaveBus();
		clearInterval(timer);
		stopHearing();
		stopRecord();
		points.value = [];
	};
}

/** Starts to watch the chosen machine. */
export function startWatching(): void {
	const [on, host] = [bus.value, chosen.value];
	if (on === undefined || host === undefined || watch !== undefined) return;
	picked.value = host;
	latest.value = undefined;
	past.value = undefined;
	watching.value = true;
	beganMs.value = Date.now();
	watch = new Watch({ bus: on, host, onSample }, rhythm.value);
}

/** Stops; settles once the machine has been told. */
export async function stopWatching(): Promise<void> {
	watching.value = false;
	latest.value = undefined;
	const ended = watch?.end();
	watch = undefined;
	await Promise.all([ended, write()]);
}

export function setRhythm(everyS: RhythmS): void {
	rhythm.value = everyS;
	watch?.setRhythm(everyS);
}

/** Another machine of the same bus; what was watched is left. */
export function choose(host: string): void {
	if (host === chosen.value) return;
	void stopWatching();
	past.value = undefined;
	points.value = [];
	picked.value = host;
}

async function leaveBus(): Promise<void> {
	const leaving = bus.value;
	endOther?.();
	endOther = undefined;
	picked.value = undefined;
	past.value = undefined;
	points.value = [];
	await stopWatching();
	leaving?.close();
}

/** Back to the house's own machines. */
export async function useOwn(): Promise<void> {
	other.value = 'no';
	await leaveBus();
	bus.value = ownBus();
}

/** Connects to another house's broker, where this page may. */
export async function useOther(broker: OtherBroker): Promise<void> {
	// A browser refuses what is not encrypted to a page that is.
	if (location.protocol === 'https:' && broker.url.startsWith('ws:')) {
		other.value = 'mixed';
		return;
	}
	other.value = 'asking';
	try {
		const permission = await mayConnect(broker.url);
		if (permission !== 'allowed') {
			other.value = permission;
			return;
		}
	} catch {
		other.value = 'unreachable';
		return;
	}
	await leaveBus();
	connect(broker);
}

function connect(broker: OtherBroker): void {
	const settle = (outcome: FirstTry | 'stale'): void => {
		if (bus.peek() !== opened) return;
		other.value = outcome;
		if (outcome === 'open') return;
		opened.close();
		unblock();
		bus.value = ownBus();
	};
	const opened = otherBus(broker, settle);
	const unblock = whenBlocked(broker.url, () => settle('stale'));
	endOther = unblock;
	bus.value = opened;
}

function onSample(sample: HostLog): void {
	latest.value = { sample, heardMs: Date.now() };
	const kept = keep(sample);
	unwritten.push(kept);
	points.value = withPoint(points.value, pointOf(kept));
}

async function openRecord(of: HostRecord): Promise<void> {
	await write();
	record = of;
	const all: Point[] = [];
	try {
		await of.read((samples) => all.push(...samples.map(pointOf)));
		keeping.value = true;
	} catch {
		keeping.value = false;
	}
	if (record !== of) return;
	const last = all.at(-1)?.atMs ?? 0;
	// What was watched meanwhile follows what was kept.
	points.value = [...all, ...points.value.filter(({ atMs }) => atMs > last)];
}

async function write(): Promise<void> {
	if (unwritten.length === 0 || record === undefined) return;
	const samples = unwritten;
	unwritten = [];
	try {
		await record.append(samples);
		keeping.value = true;
	} catch {
		keeping.value = false;
	}
}

/** Looks at what was measured then; undefined: at now. */
export async function lookAt(atMs: number | undefined): Promise<void> {
	if (atMs === undefined) {
		past.value = undefined;
		return;
	}
	await write();
	try {
		past.value = await record?.at(atMs);
	} catch {
		past.value = undefined;
	}
}

/** The whole record as a file. */
export async function exported(kind: 'csv' | 'jsonl'): Promise<Blob> {
	await write();
	const parts: string[] = kind === 'csv' ? [csvHead] : [];
	const line = kind === 'csv' ? csvLine : jsonLine;
	await record?.read((samples) => parts.push(samples.map(line).join('')));
	return new Blob(parts, { type: kind === 'csv' ? 'text/csv' : 'application/jsonl' });
}

/** Forgets what was watched of this machine. */
export async function emptyRecord(): Promise<void> {
	unwritten = [];
	past.value = undefined;
	points.value = [];
	try {
		await record?.empty();
	} catch {
		keeping.value = false;
	}
}

// The record of watched machines in IndexedDB. Storage may be closed to the page, or full: then nothing is kept, and the
// record says so by rejecting. Signing out erases it.
import { KEPT_MS, KEPT_SAMPLES, type Kept } from '../core/host-record.ts';
import { HOST_DATABASE } from './erase-record.ts';

/** What a browser keeps of one machine. */
export interface HostRecord {
	append(samples: readonly Kept[]): Promise<void>;
	/** All of it, the oldest first, a part at a time. */
	read(each: (samples: readonly Kept[]) => void): Promise<void>;
	/** The sample measured then, ms. */
	at(atMs: number): Promise<Kept | undefined>;
	empty(): Promise<void>;
}

const STORE = 'samples';
/** So many are read at once. */
const PART = 500;

const settled = <Value>(request: IDBRequest<Value>): Promise<Value> =>
	new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
	});

const done = (transaction: IDBTransaction): Promise<void> =>
	new Promise((resolve, reject) => {
		transaction.oncomplete = () => resolve();
		transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB failed'));
	});

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
	opened ??= new Promise<IDBDatabase>((resolve, reject) => {
		const request = indexedDB.open(HOST_DATABASE, 1);
		request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ['machine', 'atMs'] });
		request.onerror = () => reject(request.error ?? new Error('IndexedDB is closed to this page'));
		request.onsuccess = () => {
			// Another page erases it: this one lets go.
			request.result.onversionchange = () => {
				request.result.close();
				opened = undefined;
			};
			resolve(request.result);
		};
	});
	return opened;
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
	return (await database()).transaction(STORE, mode).objectStore(STORE);
}

/** The record of a machine, by a name of its own among all buses. */
export function hostRecord(machine: string): HostRecord {
	const range = (fromMs = 0, toMs = Number.MAX_SAFE_INTEGER): IDBKeyRange =>
		IDBKeyRange.bound([machine, fromMs], [machine, toMs]);
	return {
		async append(samples) {
			const into = await store('readwrite');
			for (const sample of samples) into.put({ machine, ...sample });
			const newest = samples.at(-1)?.atMs ?? 0;
			into.delete(range(0, newest - KEPT_MS));
			const count = await settled(into.count(range()));
			if (count > KEPT_SAMPLES) {
				const oldest = await settled(into.getAllKeys(range(), count - KEPT_SAMPLES));
				const [, last] = (oldest.at(-1) ?? [machine, 0]) as [string, number];
				into.delete(range(0, last));
			}
			await done(into.transaction);
		},
		async read(each) {
			for (let fromMs = 0; ; ) {
				const from = await store('readonly');
				const part = (await settled(from.getAll(range(fromMs), PART))) as Kept[];
				if (part.length > 0) each(part);
				if (part.length < PART) return;
				fromMs = (part.at(-1)?.atMs ?? 0) + 1;
			}
		},
		async at(atMs) {
			return (await settled((await store('readonly')).get([machine, atMs]))) as Kept | undefined;
		},
		async empty() {
			const from = await store('readwrite');
			from.delete(range());
			await done(from.transaction);
		},
	};
}

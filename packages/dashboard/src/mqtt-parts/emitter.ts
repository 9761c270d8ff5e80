// Stands in for Node's emitters: what happens is said by name, in the part of them that the MQTT client uses.
// biome-ignore lint/suspicious/noExplicitAny: what is said is the client's own affair
type Listener = (...values: any[]) => void;
type Heard = readonly { readonly listener: Listener; readonly once: boolean }[];

/** By who says it: the client mixes the methods into a class of its own, which calls no constructor. */
const all = new WeakMap<object, Map<string, Heard>>();

function heardOf(emitter: object): Map<string, Heard> {
	const known = all.get(emitter) ?? new Map<string, Heard>();
	all.set(emitter, known);
	return known;
}

export class Emitter {
	on(name: string, listener: Listener): this {
		return add(this, name, listener, false);
	}

	once(name: string, listener: Listener): this {
		return add(this, name, listener, true);
	}

	removeListener(name: string, listener: Listener): this {
		const heard = heardOf(this);
		heard.set(name, heard.get(name)?.filter((one) => one.listener !== listener) ?? []);
		return this;
	}

	emit(name: string, ...values: unknown[]): void {
		const heard = heardOf(this).get(name) ?? [];
		if (heard.some(({ once }) => once)) {
			heardOf(this).set(
				name,
				heard.filter(({ once }) => !once),
			);
		}
		for (const { listener } of heard) listener(...values);
	}
}

function add<One extends object>(emitter: One, name: string, listener: Listener, once: boolean): One {
	const heard = heardOf(emitter);
	heard.set(name, [...(heard.get(name) ?? []), { listener, once }]);
	return emitter;
}

// Says by name what happens, as Node's emitters do: the part of them that the MQTT client uses of its streams.
type Listener = (value?: unknown) => void;

export class Emitter {
	readonly #listeners = new Map<string, Listener[]>();

	on(name: string, listener: Listener): this {
		this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
		return this;
	}

	once(name: string, listener: Listener): this {
		const heard: Listener = (value) => {
			this.removeListener(name, heard);
			listener(value);
		};
		return this.on(name, heard);
	}

	removeListener(name: string, listener: Listener): this {
		const rest = this.#listeners.get(name)?.filter((one) => one !== listener) ?? [];
		this.#listeners.set(name, rest);
		return this;
	}

	emit(name: string, value?: unknown): void {
		for (const listener of this.#listeners.get(name) ?? []) listener(value);
	}
}

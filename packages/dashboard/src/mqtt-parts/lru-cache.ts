// Stands in for `lru-cache`: a map that forgets what was used longest ago. The MQTT client keeps topic aliases in it.
export class LRUCache<Key, Value> {
	readonly #max: number;
	/** The one used longest ago first. */
	readonly #entries = new Map<Key, Value>();

	constructor({ max }: { readonly max: number }) {
		this.#max = max;
	}

	get size(): number {
		return this.#entries.size;
	}

	get(key: Key): Value | undefined {
		const value = this.#entries.get(key);
		if (value !== undefined) this.#renew(key, value);
		return value;
	}

	set(key: Key, value: Value): this {
		this.#renew(key, value);
		for (const oldest of this.#entries.keys()) {
			if (this.#entries.size <= this.#max) break;
			this.#entries.delete(oldest);
		}
		return this;
	}

	clear(): void {
		this.#entries.clear();
	}

	/** The keys, the one used last first. */
	keys(): readonly Key[] {
		return [...this.#entries.keys()].reverse();
	}

	#renew(key: Key, value: Value): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
	}
}

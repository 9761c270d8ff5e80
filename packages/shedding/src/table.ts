/** Values by key, in the order in which their keys first came, for whoever only reads them. */
export interface ReadonlyTable<Key, Value> {
	get(key: Key): Value | undefined;
	values(): readonly Value[];
	/** A copy to be written. */
	copy(): Table<Key, Value>;
}

/**
 * Values by key. A copy costs no more than that of a list, since copies share what says where each key's value stands: a
 * copied map would be built anew entry by entry, and each event copies what it changes.
 */
export class Table<Key, Value> implements ReadonlyTable<Key, Value> {
	/** Where each key's value stands. Replaced where keys come or go, never changed in place: copies share it. */
	places: ReadonlyMap<Key, number>;
	readonly list: Value[];

	constructor(places: ReadonlyMap<Key, number> = new Map(), list: Value[] = []) {
		this.places = places;
		this.list = list;
	}

	get(key: Key): Value | undefined {
		const place = this.places.get(key);
		return place === undefined ? undefined : this.list[place];
	}

	values(): readonly Value[] {
		return this.list;
	}

	copy(): Table<Key, Value> {
		return new Table(this.places, this.list.slice());
	}

	put(key: Key, value: Value): void {
		const place = this.places.get(key);
		if (place !== undefined) this.list[place] = value;
		else this.places = new Map(this.places).set(key, this.list.push(value) - 1);
	}

	drop(key: Key): void {
		const place = this.places.get(key);
		if (place === undefined) return;
		this.list.splice(place, 1);
		const others = [...this.places.keys()].filter((other) => other !== key);
		this.places = new Map(others.map((other, index) => [other, index]));
	}
}

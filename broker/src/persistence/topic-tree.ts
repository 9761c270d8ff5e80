interface Node<Value> {
	value?: Value | undefined;
	children?: Map<string, Node<Value>> | undefined;
}

/** Values by topic, level by level: an exact look-up, and one by filter that visits only what the filter can take in. */
export class TopicTree<Value> {
	readonly #root: Node<Value> = {};

	get(topic: string): Value | undefined {
		let node: Node<Value> | undefined = this.#root;
		for (const level of topic.split('/')) {
			node = node.children?.get(level);
			if (node === undefined) return undefined;
		}
		return node.value;
	}

	/** Puts a value there, and returns it. */
	set(topic: string, value: Value): Value {
		let node = this.#root;
		for (const level of topic.split('/')) {
			node.children ??= new Map();
			let child = node.children.get(level);
			if (child === undefined) {
				child = {};
				node.children.set(level, child);
			}
			node = child;
		}
		node.value = value;
		return value;
	}

	/** Takes the value of a topic out, and the levels that lead to nothing any more. */
	delete(topic: string): void {
		remove(this.#root, topic.split('/'), 0);
	}

	/** Values of the topics that a filter takes in (MQTT 3.1.1 section 4.7; one that begins with a wildcard leaves out `$...`). */
	matching(filter: string): Generator<Value> {
		return matches(this.#root, filter.split('/'), 0);
	}

	/** All values. */
	all(): Generator<Value> {
		return below(this.#root);
	}
}

/** Whether nothing is left of a node. */
function remove(node: Node<unknown>, levels: readonly string[], depth: number): boolean {
	const level = levels[depth];
	if (level === undefined) node.value = undefined;
	else {
		const child = node.children?.get(level);
		if (child !== undefined && remove(child, levels, depth + 1)) node.children?.delete(level);
		if (node.children?.size === 0) node.children = undefined;
	}
	return node.value === undefined && node.children === undefined;
}

function* matches<Value>(node: Node<Value>, filter: readonly string[], depth: number): Generator<Value> {
	const level = filter[depth];
	if (level === undefined) {
		if (node.value !== undefined) yield node.value;
	} else if (level === '#') {
		yield* below(node, depth === 0);
	} else if (level === '+') {
		for (const [name, child] of node.children ?? []) {
			if (depth > 0 || !name.startsWith('$')) yield* matches(child, filter, depth + 1);
		}
	} else {
		const child = node.children?.get(level);
		if (child !== undefined) yield* matches(child, filter, depth + 1);
	}
}

/** A node's value and all under it, without recursion: each level of a generator costs every value that passes it. */
function* below<Value>(from: Node<Value>, withoutDollar = false): Generator<Value> {
	if (from.value !== undefined) yield from.value;
	const open = [from.children?.entries()];
	for (let children = open.at(-1); open.length > 0; children = open.at(-1)) {
		const next = children?.next();
		if (next === undefined || next.done === true) {
			open.pop();
			continue;
		}
		const [name, node] = next.value;
		if (withoutDollar && open.length === 1 && name.startsWith('$')) continue;
		if (node.value !== undefined) yield node.value;
		open.push(node.children?.entries());
	}
}

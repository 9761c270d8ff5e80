interface Node<Value> {
	/** By filter as it was given: `a` and `$share/g/a` are the same place. */
	here?: Map<string, Set<Value>> | undefined;
	children?: Map<string, Node<Value>> | undefined;
}

/** Who subscribed to what: filters level by level, looked up by topic. */
export class FilterTree<Value> {
	readonly #root: Node<Value> = {};

	/** `levels`: of the filter without its share; `name`: the whole of it. */
	add(levels: readonly string[], name: string, value: Value): void {
		let node = this.#root;
		for (const level of levels) {
			node.children ??= new Map();
			let child = node.children.get(level);
			if (child === undefined) {
				child = {};
				node.children.set(level, child);
			}
			node = child;
		}
		node.here ??= new Map();
		const values = node.here.get(name);
		if (values === undefined) node.here.set(name, new Set([value]));
		else values.add(value);
	}

	remove(levels: readonly string[], name: string, value: Value): void {
		remove(this.#root, levels, 0, name, value);
	}

	/** Tells each filter that takes a topic in, and who gave it (MQTT 3.1.1 section 4.7). */
	match(topic: string, found: (filter: string, values: ReadonlySet<Value>) => void): void {
		const levels = topic.split('/');
		const tell = (node: Node<Value> | undefined): void => {
			for (const [filter, values] of node?.here ?? []) found(filter, values);
		};
		const visit = (node: Node<Value>, depth: number): void => {
			const { children } = node;
			const wild = depth > 0 || !topic.startsWith('$');
			// `a/#` takes in `a` as well.
			if (wild) tell(children?.get('#'));
			const level = levels[depth];
			if (level === undefined) {
				tell(node);
				return;
			}
			const exact = children?.get(level);
			if (exact !== undefined) visit(exact, depth + 1);
			const any = wild ? children?.get('+') : undefined;
			if (any !== undefined) visit(any, depth + 1);
		};
		visit(this.#root, 0);
	}
}

/** Whether nothing is left of a node. */
function remove<Value>(
	node: Node<Value>,
	levels: readonly string[],
	depth: number,
	name: string,
	value: Value,
): boolean {
	const level = levels[depth];
	if (level === undefined) {
		const values = node.here?.get(name);
		values?.delete(value);
		if (values?.size === 0) node.here?.delete(name);
		if (node.here?.size === 0) node.here = undefined;
	} else {
		const child = node.children?.get(level);
		if (child !== undefined && remove(child, levels, depth + 1, name, value)) node.children?.delete(level);
		if (node.children?.size === 0) node.children = undefined;
	}
	return node.here === undefined && node.children === undefined;
}

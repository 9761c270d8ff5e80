import { FilterTree } from '../persistence/filter-tree.ts';
import { levelsOf } from '../persistence/filters.ts';
import { type LogId, numberOf } from './log-id.ts';

/**
 * How many connected members each node has in each shared subscription. It changes by the log alone, so that at each message
 * all nodes agree whose turn it is.
 */
export class Groups {
	readonly #members = new Map<string, Map<string, number>>();
	readonly #tree = new FilterTree<string>();

	/** A node has so many members now. */
	set(filter: string, node: string, members: number): void {
		const nodes = this.#members.get(filter) ?? new Map<string, number>();
		if (members > 0) nodes.set(node, members);
		else nodes.delete(node);
		if (nodes.size > 0) {
			this.#members.set(filter, nodes);
			this.#tree.add(levelsOf(filter), filter, filter);
		} else if (this.#members.delete(filter)) this.#tree.remove(levelsOf(filter), filter, filter);
	}

	/** The shared subscriptions that take a topic in, wherever their members are. */
	of(topic: string): readonly string[] {
		const found: string[] = [];
		if (this.#members.size > 0) this.#tree.match(topic, (filter) => found.push(filter));
		return found;
	}

	/** Nothing is known any more. */
	clear(): void {
		for (const filter of this.#members.keys()) this.#tree.remove(levelsOf(filter), filter, filter);
		this.#members.clear();
	}

	/** A node is gone. */
	remove(node: string): void {
		for (const filter of [...this.#members.keys()]) this.set(filter, node, 0);
	}

	/** The node that a message is for: each as often as it has members. */
	nodeFor(filter: string, at: LogId): string | undefined {
		const nodes = this.#members.get(filter);
		if (nodes === undefined) return undefined;
		const names = [...nodes.keys()].sort();
		let left = numberOf(at) % [...nodes.values()].reduce((sum, members) => sum + members, 0);
		for (const name of names) {
			left -= nodes.get(name) ?? 0;
			if (left < 0) return name;
		}
		return undefined;
	}
}

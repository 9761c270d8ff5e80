import type { Message } from '../persistence/message.ts';
import { compareIds, type LogId } from './log-id.ts';

/** Messages of one other node that are remembered: the newest. */
const mostRemembered = 10_000;
/** What they may take up, bytes. */
const mostBytes = 8 * 1024 * 1024;

interface Given {
	readonly at: LogId;
	readonly filter: string;
	readonly message: Message;
}

interface OfNode {
	given: Given[];
	bytes: number;
}

/**
 * What other nodes were given for members of shared subscriptions and have not had acknowledged: no session's place in the
 * log tells that, so that it would be lost with the node.
 */
export class GroupWatch {
	readonly #nodes = new Map<string, OfNode>();

	/** A message is for a member at another node. */
	gave(node: string, given: Given): void {
		const present = this.#nodes.get(node) ?? { given: [], bytes: 0 };
		this.#nodes.set(node, present);
		present.given.push(given);
		present.bytes += given.message.payload.length;
		if (present.given.length <= mostRemembered && present.bytes <= mostBytes) return;
		present.given = present.given.slice(Math.ceil(present.given.length / 2));
		present.bytes = bytesOf(present.given);
	}

	/** All that a node was given up to here is acknowledged. */
	done(node: string, at: LogId): void {
		const present = this.#nodes.get(node);
		if (present === undefined) return;
		present.given = present.given.filter((one) => compareIds(one.at, at) > 0);
		present.bytes = bytesOf(present.given);
		if (present.given.length === 0) this.#nodes.delete(node);
	}

	/** These are the nodes there are: what others were given, whoever ended them has seen to. */
	only(nodes: ReadonlySet<string>): void {
		for (const node of this.#nodes.keys()) if (!nodes.has(node)) this.#nodes.delete(node);
	}

	/** A node is gone: what it was given, oldest first; it is forgotten here. */
	take(node: string): readonly Given[] {
		const given = this.#nodes.get(node)?.given ?? [];
		this.#nodes.delete(node);
		return given;
	}
}

function bytesOf(given: readonly Given[]): number {
	return given.reduce((sum, { message }) => sum + message.payload.length, 0);
}

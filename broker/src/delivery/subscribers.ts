import { FilterTree } from '../persistence/filter-tree.ts';
import { isShared, levelsOf } from '../persistence/filters.ts';
import type { Session, SubscriptionRecord, Target } from '../persistence/session.ts';

/** Topics whose subscribers are remembered: a house publishes to the same few again and again. */
const mostRemembered = 2000;

interface Found {
	readonly plain: readonly SubscriptionRecord[];
	/** Members of each shared subscription. */
	readonly shared: readonly (readonly [filter: string, members: readonly SubscriptionRecord[]])[];
	readonly targets: readonly Target[];
	readonly anyNoLocal: boolean;
}

/** Which member of a shared subscription gets the next message: 0 is best, undefined not at all. */
export type Readiness = (member: Session, qos: 0 | 1 | 2) => number | undefined;

/** In a cluster, which shared subscriptions a message is for at this broker. */
export interface Turns {
	/** The one it is for, where it is for nobody else. */
	readonly group: string | undefined;
	isTurn(filter: string): boolean;
	/** It is for a member here, and there is none any more. */
	nobody(filter: string): void;
}

/** Who gets what is published to a topic. */
export class Subscribers {
	readonly #tree = new FilterTree<SubscriptionRecord>();
	readonly #byTopic = new Map<string, Found>();
	/** Whose turn it is, by shared subscription. */
	readonly #turns = new Map<string, number>();

	add(record: SubscriptionRecord): void {
		const { filter } = record.value;
		this.#tree.add(levelsOf(filter), filter, record);
		this.#byTopic.clear();
	}

	/** A subscription changed its options. */
	changed(): void {
		this.#byTopic.clear();
	}

	remove(record: SubscriptionRecord): void {
		const { filter } = record.value;
		this.#tree.remove(levelsOf(filter), filter, record);
		this.#byTopic.clear();
	}

	/** Who gets a message of this topic. `from`: client id of its publisher. */
	of(topic: string, from: string | undefined, qos: 0 | 1 | 2, readiness: Readiness, turns?: Turns): readonly Target[] {
		const { plain, shared, targets, anyNoLocal } = this.#found(topic);
		const others = anyNoLocal && from !== undefined ? combined(plain.filter((one) => !isOwn(one, from))) : targets;
		if (shared.length === 0) return turns?.group === undefined ? others : [];
		const chosen = turns?.group === undefined ? [...others] : [];
		for (const [filter, members] of shared) {
			if (turns !== undefined && !isFor(filter, turns)) continue;
			const member = this.#turn(filter, members, qos, readiness);
			if (member === undefined) turns?.nobody(filter);
			else chosen.push(...combined([member], turns === undefined ? undefined : filter));
		}
		return chosen;
	}

	#found(topic: string): Found {
		const known = this.#byTopic.get(topic);
		if (known !== undefined) return known;
		const plain: SubscriptionRecord[] = [];
		const shared: (readonly [string, readonly SubscriptionRecord[]])[] = [];
		this.#tree.match(topic, (filter, records) => {
			if (isShared(filter)) shared.push([filter, [...records]]);
			else plain.push(...records);
		});
		const found = { plain, shared, targets: combined(plain), anyNoLocal: plain.some(({ value }) => value.nl) };
		if (this.#byTopic.size >= mostRemembered) this.#byTopic.clear();
		this.#byTopic.set(topic, found);
		return found;
	}

	/** The readiest member, in turns. */
	#turn(
		filter: string,
		members: readonly SubscriptionRecord[],
		qos: 0 | 1 | 2,
		readiness: Readiness,
	): SubscriptionRecord | undefined {
		const first = this.#turns.get(filter) ?? 0;
		let best: { readonly index: number; readonly rank: number } | undefined;
		for (let step = 0; step < members.length && best?.rank !== 0; step += 1) {
			const index = (first + step) % members.length;
			const { session, value } = members[index] as SubscriptionRecord;
			const rank = readiness(session, Math.min(qos, value.qos) as 0 | 1 | 2);
			if (rank !== undefined && rank < (best?.rank ?? Number.POSITIVE_INFINITY)) best = { index, rank };
		}
		if (best === undefined) return undefined;
		this.#turns.set(filter, best.index + 1);
		return members[best.index];
	}
}

function isOwn({ session, value }: SubscriptionRecord, from: string): boolean {
	return value.nl && session.clientId === from;
}

function isFor(filter: string, { group, isTurn }: Turns): boolean {
	return (group === undefined || group === filter) && isTurn(filter);
}

/** One target per session: the best quality of service, and all identifiers. */
function combined(records: readonly SubscriptionRecord[], group?: string): Target[] {
	const bySession = new Map<Session, Target>();
	for (const { session, value } of records) {
		const present = bySession.get(session);
		const own = value.identifier === undefined ? [] : [value.identifier];
		bySession.set(session, {
			session,
			qos: Math.max(present?.qos ?? 0, value.qos) as 0 | 1 | 2,
			rap: value.rap || present?.rap === true,
			identifiers:
				present === undefined || own.length === 0 ? (present?.identifiers ?? own) : [...present.identifiers, ...own],
			...(group === undefined ? {} : { group }),
		});
	}
	return [...bySession.values()];
}

import { type Announcement, deviceTopic } from './discovery.ts';

/** What stands on the broker: the platforms of the entities by their ids, by topic. */
export type Announced = Readonly<
	Record<string, { readonly thing: string; readonly entities: Readonly<Record<string, string>> }>
>;

/** A retained message to be sent; an empty payload clears. */
export interface Message {
	readonly topic: string;
	readonly payload: string;
}

/** Messages in steps: Home Assistant must have done with one before it gets the next. */
export type Plan = readonly (readonly Message[])[];

const MIGRATE = JSON.stringify({ migrate_discovery: true });

/**
 * The way from what is announced to what is to be. An entity that moves from one shape of discovery to the other is let go
 * by its old topic, which is then cleared, before its new topic takes it up: its registry entry stays, and with it its
 * history. (Home Assistant's documentation clears the old topic last; that logs a conflict for each entity.) An entity
 * that is gone from a device is named once more by its platform alone, which removes it.
 * @param mayRemove whether what isn't wanted is known to be gone
 */
export function planOf(announced: Announced, wanted: readonly Announcement[], mayRemove: boolean): Plan {
	const isWanted = new Set(wanted.map(({ topic }) => topic));
	const moving = new Set<string>();
	const first: Message[] = [];
	const bridges: Message[] = [];
	const cleared: Message[] = [];
	const last: Message[] = [];
	for (const [topic, { thing, entities }] of Object.entries(announced)) {
		if (isWanted.has(topic)) continue;
		const heirs = heirsOf(wanted, thing, entities);
		if (heirs.length === 0) {
			if (mayRemove) first.push({ topic, payload: '' });
			continue;
		}
		for (const heir of heirs) moving.add(heir.topic);
		first.push({ topic, payload: MIGRATE });
		if (topic === deviceTopic(thing)) bridges.push({ topic, payload: bridge(heirs) });
		cleared.push({ topic, payload: '' });
	}
	for (const one of wanted) {
		const lost = mayRemove ? lostOf(announced[one.topic]?.entities, one) : [];
		if (lost.length > 0) first.push({ topic: one.topic, payload: JSON.stringify(withLost(one, lost)) });
		const step = lost.length > 0 || moving.has(one.topic) ? last : first;
		step.push({ topic: one.topic, payload: JSON.stringify(one.payload) });
	}
	return [first, bridges, cleared, last].filter((step) => step.length > 0);
}

/** What stands on the broker once a plan is carried out. What may not be removed is still to be removed some day. */
export function afterPlan(announced: Announced, wanted: readonly Announcement[], mayRemove: boolean): Announced {
	const next = wanted.map(({ topic, thing, entities }) => {
		const before = mayRemove ? {} : announced[topic]?.entities;
		return [topic, { thing, entities: { ...before, ...entities } }] as const;
	});
	if (mayRemove) return Object.fromEntries(next);
	const still = Object.entries(announced).filter(
		([, { thing, entities }]) => heirsOf(wanted, thing, entities).length === 0,
	);
	return Object.fromEntries([...still, ...next]);
}

/** The announcements that take up entities of a thing. */
function heirsOf(wanted: readonly Announcement[], thing: string, entities: Readonly<Record<string, string>>) {
	return wanted.filter(
		(one) => one.thing === thing && Object.keys(one.entities).some((id) => Object.hasOwn(entities, id)),
	);
}

function lostOf(before: Readonly<Record<string, string>> = {}, { entities }: Announcement): [string, string][] {
	return Object.entries(before).filter(([id, platform]) => entities[id] !== platform);
}

function withLost({ payload }: Announcement, lost: readonly [string, string][]): Record<string, unknown> {
	const named = Object.fromEntries(lost.map(([id, platform]) => [id, { platform }]));
	return { ...payload, components: { ...(payload['components'] as object), ...named } };
}

/**
 * A device's topic whose entities have all been let go can't be cleared in peace: Home Assistant warns that there is
 * nothing to clear. So it holds a trigger that nothing fires for the moment between.
 */
function bridge([heir]: readonly Announcement[]): string {
	const { device, origin } = heir?.payload ?? {};
	const trigger = { platform: 'device_automation', automation_type: 'trigger', topic: heir?.topic };
	return JSON.stringify({
		...{ device, origin },
		components: { moving: { ...trigger, type: 'moving', subtype: 'discovery' } },
	});
}

import type { Component, Thing } from './thing.ts';

/** One message for each device, or one for each entity. */
export type DiscoveryShape = 'device' | 'entity';

/** A discovery message: the whole topic, its JSON, and the platforms of the entities in it by their ids. */
export interface Announcement {
	readonly topic: string;
	readonly thing: string;
	readonly payload: Readonly<Record<string, unknown>>;
	readonly entities: Readonly<Record<string, string>>;
}

/** Who announces, for the support of Home Assistant's users. */
export interface Origin {
	readonly name: string;
	readonly sw_version: string;
	readonly support_url: string;
}

/** Home Assistant's prefix for discovery. */
const PREFIX = 'homeassistant';
/** Where Home Assistant says that it has started. */
export const BIRTH_TOPIC = `${PREFIX}/status`;

/** The topic of a device, or of one entity of it. Both shapes share the ids, so that Home Assistant can move between them. */
export const deviceTopic = (thing: string): string => `${PREFIX}/device/${thing}/config`;
export const entityTopic = (thing: string, platform: string, entity: string): string =>
	`${PREFIX}/${platform}/${thing}/${entity}/config`;

/** The messages that announce things. */
export function announcements(things: readonly Thing[], shape: DiscoveryShape, origin: Origin): Announcement[] {
	return things.flatMap((thing) => (shape === 'device' ? [whole(thing, origin)] : each(thing, origin)));
}

function whole(thing: Thing, origin: Origin): Announcement {
	const entities = Object.entries(thing.components);
	return {
		topic: deviceTopic(thing.id),
		thing: thing.id,
		entities: Object.fromEntries(entities.map(([id, { platform }]) => [id, platform])),
		payload: {
			device: deviceOf(thing),
			origin,
			...availabilityOf(thing.availability),
			components: Object.fromEntries(
				entities.map(([id, component]) => [id, { platform: component.platform, ...entityOf(thing, id, component) }]),
			),
		},
	};
}

/** Home Assistant before 2025.10 takes the wish for an entity's id as `object_id`; it ignores what it doesn't know. */
function each(thing: Thing, origin: Origin): Announcement[] {
	return Object.entries(thing.components).map(([id, component]) => {
		const { platform } = component;
		return {
			topic: entityTopic(thing.id, platform, id),
			thing: thing.id,
			entities: { [id]: platform },
			payload: {
				object_id: entityName(thing, id, component),
				device: deviceOf(thing),
				origin,
				...availabilityOf(thing.availability),
				...entityOf(thing, id, component),
			},
		};
	});
}

function entityOf(thing: Thing, id: string, component: Component): Record<string, unknown> {
	const { platform, availability, ...rest } = component;
	return {
		unique_id: `${thing.id}_${id}`,
		default_entity_id: `${platform}.${entityName(thing, id, component)}`,
		...availabilityOf(availability as Thing['availability'] | undefined),
		...rest,
	};
}

/** The entity that is the thing itself has its name. */
function entityName({ slug }: Thing, id: string, { name }: Component): string {
	return name === null ? slug : `${slug}_${id}`;
}

function availabilityOf(availability: Thing['availability'] = []): Record<string, unknown> {
	return availability.length === 0 ? {} : { availability, availability_mode: 'all' };
}

function deviceOf(thing: Thing): Record<string, unknown> {
	const { id, name, model, manufacturer, version, via, area, url } = thing;
	return {
		identifiers: [id],
		name,
		model,
		...(manufacturer === undefined ? {} : { manufacturer }),
		...(version === undefined ? {} : { sw_version: version }),
		...(via === undefined ? {} : { via_device: via }),
		...(area === undefined ? {} : { suggested_area: area }),
		...(url === undefined ? {} : { configuration_url: url }),
	};
}

import type * as z from 'zod/mini';

/** The names in braces of a topic template: `'circuits/{circuit}/set'` has the parameter `circuit`. */
export type ParameterNames<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
	? Name | ParameterNames<Rest>
	: never;

/** A value for each parameter of a template; each is an id (`[a-z0-9-]+`, or `all` where the topic takes it). */
export type Parameters<Template extends string> = { readonly [Name in ParameterNames<Template>]: string };

/** One row of the bus's table: where it is published, what it carries and how it is delivered. */
export interface Topic<Template extends string, Payload> {
	/** Below `pilotwire/<site>/`, parameters in braces. */
	readonly template: Template;
	readonly schema: z.ZodMiniType<Payload>;
	readonly qos: 0 | 1;
	readonly retain: boolean;
	/** What a reader of the bus should know; goes into the reference in docs/. */
	readonly about: string;
}

/** The payload's type of a topic. */
export type PayloadOf<T> = T extends Topic<string, infer Payload> ? Payload : never;
/** The parameters' type of a topic. */
export type ParametersOf<T> = T extends Topic<infer Template, unknown> ? Parameters<Template> : never;

/** Declares a topic; the payload's type follows from the schema. */
export function defineTopic<const Template extends string, Payload>(
	template: Template,
	schema: z.ZodMiniType<Payload>,
	delivery: { qos: 0 | 1; retain: boolean },
	about: string,
): Topic<Template, Payload> {
	return { template, schema, ...delivery, about };
}

const ID = '[a-z0-9-]+';
/** The ids that may stand in a topic. */
export const ID_PATTERN = new RegExp(`^${ID}$`);

function fill(template: string, value: (name: string) => string): string {
	return template.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => value(name));
}

/** The whole topic, such as `pilotwire/home/circuits/salon/set`. Throws a RangeError for an id that may not stand in a topic. */
export function topicName<Template extends string>(
	site: string,
	topic: Pick<Topic<Template, unknown>, 'template'>,
	parameters: Parameters<Template>,
): string {
	const name = fill(topic.template, (parameter) => {
		const value = (parameters as Readonly<Record<string, string>>)[parameter] ?? '';
		if (!ID_PATTERN.test(value)) throw new RangeError(`expected an id of [a-z0-9-] for ${parameter}, got "${value}"`);
		return value;
	});
	return `pilotwire/${site}/${name}`;
}

/** The subscription that covers a topic for every value of the parameters that are not given. */
export function topicFilter<Template extends string>(
	site: string,
	topic: Pick<Topic<Template, unknown>, 'template'>,
	parameters: Partial<Parameters<Template>> = {},
): string {
	const given = parameters as Readonly<Record<string, string | undefined>>;
	return `pilotwire/${site}/${fill(topic.template, (name) => given[name] ?? '+')}`;
}

/**
 * Reads the names of one topic: gives the parameters that a name carries, or undefined where it is another topic's.
 * Whoever hears many messages makes it once.
 */
export function topicMatcher<Template extends string>(
	site: string,
	topic: Pick<Topic<Template, unknown>, 'template'>,
): (name: string) => Parameters<Template> | undefined {
	const prefix = `pilotwire/${site}/`;
	const form = new RegExp(`^${fill(topic.template, (parameter) => `(?<${parameter}>${ID})`)}$`);
	return (name) => {
		const match = name.startsWith(prefix) ? form.exec(name.slice(prefix.length)) : null;
		return match === null ? undefined : ({ ...match.groups } as Parameters<Template>);
	};
}

/** The parameters that a received topic name carries, or undefined where it is another topic's. */
export function matchTopic<Template extends string>(
	site: string,
	topic: Pick<Topic<Template, unknown>, 'template'>,
	name: string,
): Parameters<Template> | undefined {
	return topicMatcher(site, topic)(name);
}

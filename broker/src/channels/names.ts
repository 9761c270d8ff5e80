import { sharedParts } from '../edge/wire/topics.ts';

const root = 'channels/';

/** Whether a topic belongs to a channel: the one check that every publish pays. */
export function isOfChannel(topic: string): boolean {
	return topic.startsWith(root);
}

/** Whether a filter asks for channels by name, shared or not. Wider ones are no business of theirs: they match nothing there. */
export function asksForChannel(filter: string): boolean {
	return isOfChannel(sharedParts(filter)?.filter ?? filter);
}

/** The name that stands in a topic or filter, whatever it is. */
export function nameIn(topic: string): string {
	const end = topic.indexOf('/', root.length);
	return topic.slice(root.length, end < 0 ? undefined : end);
}

/** Whether a filter matches a topic (MQTT 3.1.1 section 4.7), both split into levels. */
export function matches(filter: readonly string[], topic: readonly string[]): boolean {
	for (const [index, level] of filter.entries()) {
		// `a/#` matches `a` as well.
		if (level === '#') return true;
		if (index >= topic.length) return false;
		if (level !== '+' && level !== topic[index]) return false;
	}
	return filter.length === topic.length;
}

/** Whether a topic filter takes in a topic (MQTT 3.1.1 section 4.7; one that begins with a wildcard leaves out `$...`). */
export function filterMatches(filter: readonly string[], topic: string): boolean {
	const levels = topic.split('/');
	if (topic.startsWith('$') && (filter[0] === '#' || filter[0] === '+')) return false;
	for (const [index, part] of filter.entries()) {
		if (part === '#') return true;
		if (index >= levels.length || (part !== '+' && part !== levels[index])) return false;
	}
	return filter.length === levels.length;
}

/** Whether a filter holds wildcards. */
export function hasWildcard(filter: string): boolean {
	return filter.includes('+') || filter.includes('#');
}

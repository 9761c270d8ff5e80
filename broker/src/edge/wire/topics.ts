/** Levels of a topic or filter; deeper ones only serve to make matching slow. */
export const mostLevels = 100;

/** Why a message can't be published there (MQTT 3.1.1 sections 3.3.2.1 and 4.7); characters are checked on reading. */
export function topicFault(topic: string): string | undefined {
	if (topic === '') return 'an empty topic';
	if (topic.includes('+') || topic.includes('#')) return 'a topic with a wildcard';
	return undefined;
}

/** Bytes of a topic or filter; longer ones only serve to fill the memory. */
const mostBytes = 1024;

/** Whether a topic or filter is longer or deeper than what is taken. */
export function isTooLong(topic: string): boolean {
	if (topic.length > mostBytes || Buffer.byteLength(topic) > mostBytes) return true;
	let levels = 1;
	for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) levels += 1;
	return levels > mostLevels;
}

/** Group and filter of a shared subscription, `$share/group/filter` (MQTT 5 section 4.8.2); nothing where it is none. */
export function sharedParts(filter: string): { group: string; filter: string } | undefined {
	if (!filter.startsWith('$share/')) return undefined;
	const end = filter.indexOf('/', 7);
	if (end < 0) return { group: filter.slice(7), filter: '' };
	return { group: filter.slice(7, end), filter: filter.slice(end + 1) };
}

/** Why a filter is none (MQTT 3.1.1 section 4.7.1). */
export function filterFault(whole: string): string | undefined {
	const shared = sharedParts(whole);
	if (shared !== undefined && (shared.group === '' || /[+#]/.test(shared.group)))
		return 'a share without a proper name';
	const filter = shared?.filter ?? whole;
	if (filter === '') return 'an empty filter';
	const last = filter.length - 1;
	for (let at = 0; at <= last; at += 1) {
		const character = filter[at];
		if (character !== '+' && character !== '#') continue;
		const ownLevel = (at === 0 || filter[at - 1] === '/') && (at === last || filter[at + 1] === '/');
		if (!ownLevel) return 'a wildcard that is not a level of its own';
		if (character === '#' && at < last) return 'a # that is not the last level';
	}
	return undefined;
}

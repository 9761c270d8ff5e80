const sharePrefix = '$share/';

/** Whether a subscription is a shared one (`$share/GROUP/FILTER`, MQTT 5 section 4.8.2). */
export function isShared(filter: string): boolean {
	return filter.startsWith(sharePrefix);
}

/** Levels of a filter, without its share. */
export function levelsOf(filter: string): string[] {
	const levels = filter.split('/');
	return isShared(filter) ? levels.slice(2) : levels;
}

/** Roots that belong to nobody's device. */
const takenRoots: readonly string[] = ['pilotwire', 'homeassistant', 'channels'];

/** The levels of a right for one principal of one house. */
export function levelsOf(right: string, site: string, self: string): string[] {
	return right.split('/').flatMap((level) => {
		if (level === '{site}') return ['pilotwire', site];
		// What is in no topic stands for a root that is taken.
		if (level === '{root}') return [takenRoots.includes(self) ? '{nobody}' : self];
		return level === '{self}' ? [self] : [level];
	});
}

/** Letters of ASCII only: nothing that looks like another letter, no empty level, no `.`, no NUL. */
export function isWord(level: string): boolean {
	return /^[a-zA-Z0-9_-]+$/.test(level);
}

/** A caller's id: `RpcClient` makes 48 random bits. */
function isCallId(level: string): boolean {
	return /^[a-z0-9-]{12,64}$/.test(level);
}

/**
 * `$SYS` is the broker's own branch, where Mosquitto has names with a space; other topics with `$`, such as `$share/...`,
 * are no part of a house.
 */
export function isFilter(levels: readonly string[]): boolean {
	const ofBroker = levels[0] === '$SYS';
	return levels.every((level, index) => {
		if (level === '#') return index === levels.length - 1;
		return level === '+' || isWord(ofBroker ? level.replaceAll(' ', '') : level) || (ofBroker && index === 0);
	});
}

/** Whether a right covers every topic that the filter asked for could match (MQTT 3.1.1 section 4.7). */
export function covers(right: readonly string[], asked: readonly string[]): boolean {
	for (const [index, level] of right.entries()) {
		// `a/#` matches `a` as well.
		if (level === '#') return asked.length >= index;
		const wanted = asked[index];
		if (wanted === undefined || wanted === '#') return false;
		if (level === '{call}' ? !isCallId(wanted) : level !== '+' && level !== wanted) return false;
	}
	return asked.length === right.length;
}

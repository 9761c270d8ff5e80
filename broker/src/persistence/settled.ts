/**
 * Something already there, for code that calls `then` on it: the callback runs at once and not a microtask later. With
 * a promise, the next packet of the same read overtakes the one that waits, and Aedes then drops the overtaken one as a
 * duplicate (aedes issues 955 and 994).
 */
export function settled<T>(value: T): Promise<T> {
	const thenable: Pick<Promise<T>, 'then'> = {
		// biome-ignore lint/suspicious/noThenProperty: being a thenable is what this is for
		then(onValue) {
			return settled(onValue?.(value)) as never;
		},
	};
	return thenable as Promise<T>;
}

/** What the processes of a sample may take; a payload of the bus may take 256 KiB, and the rest of a sample is small. Bytes. */
const MOST_BYTES = 224 * 1024;

/** The first of a list, as many as a sample has room for: command lines may be long, and of any characters. */
export function fitting<Entry extends object>(entries: readonly Entry[], mostBytes = MOST_BYTES): Entry[] {
	let bytes = 0;
	const end = entries.findIndex((entry) => {
		bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
		return bytes > mostBytes;
	});
	return end < 0 ? [...entries] : entries.slice(0, end);
}

/** A block device and where it is mounted. */
export interface Mount {
	/** Such as `/dev/mmcblk0p2`. */
	readonly device: string;
	readonly mount: string;
}

const MOST_MOUNTS = 32;

/**
 * The file systems on block devices, each device once, by the shortest of its places (proc(5), /proc/pid/mounts: spaces
 * and the like are written in octal).
 */
export function mountsOf(text: string): Mount[] {
	const shortest = new Map<string, string>();
	for (const line of text.split('\n')) {
		const [device = '', place = '', type] = line.split(' ').map(unescaped);
		// Read-only images, such as those of snap, are always full.
		if (!device.startsWith('/dev/') || device.startsWith('/dev/loop') || type === 'squashfs') continue;
		if (place === '' || place.length > 256) continue;
		const before = shortest.get(device);
		if (before === undefined || place.length < before.length) shortest.set(device, place);
	}
	return [...shortest].slice(0, MOST_MOUNTS).map(([device, mount]) => ({ device, mount }));
}

function unescaped(word: string): string {
	return word.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

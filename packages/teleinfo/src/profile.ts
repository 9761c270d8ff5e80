/** One entry of a day's profile: from this minute on, this register and these relays. */
export interface ProfileEntry {
	/** Minutes after 00:00, local time. */
	readonly startMinute: number;
	/** Supplier register in use, 1 to 10; 0 where the meter names none. */
	readonly index: number;
	/** What the dry contact does. */
	readonly dryContact: 'unchanged' | 'follows_period' | 'open' | 'closed';
	/** The action as it stands, 16 bits: the rest of it drives the virtual relays. */
	readonly action: number;
}

const dryContacts = ['unchanged', 'follows_period', 'open', 'closed'] as const;

/**
 * Decodes PJOURF+1 and PPOINTE: blocks `HHMMSSSS` (Enedis-NOI-CPT_54E section 6.2.3.17). Hours and minutes are written
 * in decimal, but some meters write them in hexadecimal (`0D1A` for 13:26): one letter says so for the whole profile.
 * Blocks that say NONUTILE, or whose time does not exist, are left out.
 */
export function decodeProfile(data: string): ProfileEntry[] {
	const blocks = data.split(' ').filter((block) => /^[\dA-F]{8}$/.test(block));
	const radix = blocks.some((block) => /[A-F]/.test(block.slice(0, 4))) ? 16 : 10;
	return blocks.map((block) => decodeBlock(block, radix)).filter((entry) => entry !== undefined);
}

function decodeBlock(block: string, radix: number): ProfileEntry | undefined {
	const hour = Number.parseInt(block.slice(0, 2), radix);
	const minute = Number.parseInt(block.slice(2, 4), radix);
	if (hour > 23 || minute > 59) return undefined;
	const action = Number.parseInt(block.slice(4), 16);
	const dryContact = dryContacts[action >> 14] ?? 'unchanged';
	return { startMinute: hour * 60 + minute, index: action & 0x0f, dryContact, action };
}

/**
 * The check character of a group: the sum of the bytes it covers, cut to six bits, plus 0x20. It can be a space.
 * Bit 6 of a byte counts 64 in that sum and is therefore not protected: label, width and form have to catch it.
 * @param sum sum of the covered bytes; bit 7 of them does no harm, it counts 128
 */
export function checkCharacter(sum: number): number {
	return (sum & 0x3f) + 0x20;
}

/**
 * The check character of covered bytes: label through data in historic mode, label through the HT before the check
 * character in standard mode (CPT_02E section 5.3, CPT_54E section 5.3.6).
 */
export function checksum(covered: Uint8Array): number {
	let sum = 0;
	for (const byte of covered) sum += byte;
	return checkCharacter(sum);
}

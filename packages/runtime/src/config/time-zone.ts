import * as z from 'zod';

/** An IANA zone that this machine knows, such as `Europe/Paris`; an offset such as `+01:00` has no summer and is none. */
export const timeZoneSetting = z.string().refine(isZone, 'the name of a time zone, such as Europe/Paris');

/** The zone that this machine is set to; UTC where nothing is set. */
export function systemZone(): string {
	const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
	return timeZone !== undefined && isZone(timeZone) ? timeZone : 'UTC';
}

function isZone(name: string): boolean {
	if (!/^[A-Za-z]/.test(name)) return false;
	try {
		return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
	} catch {
		return false;
	}
}

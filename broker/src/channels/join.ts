import { type ChannelJoin, channelJoin } from '@pilotwire/contract';

/** A join has an id and a password in it, and no more. Bytes. */
const mostBytes = 4096;

/** What a join asks for; undefined where it is none. */
export function readJoin(payload: Buffer): ChannelJoin | undefined {
	if (payload.length > mostBytes) return undefined;
	try {
		const result = channelJoin.safeParse(JSON.parse(payload.toString('utf8')));
		return result.success ? result.data : undefined;
	} catch {
		return undefined;
	}
}

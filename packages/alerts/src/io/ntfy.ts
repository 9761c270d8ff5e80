import { readSecret } from '@pilotwire/runtime';
import type { NtfySetting } from '../config.ts';
import type { Message } from '../core/message.ts';
import { postAccepted } from './post.ts';
import type { Sender, SenderFacts } from './sender.ts';

/** Longer messages become attachments (docs.ntfy.sh, limitations). Bytes. */
const MOST_BYTES = 4_000;

/** ntfy's priorities: 1 and 2 make no sound, 5 passes a phone's own silence where it is allowed to. */
const priorities = { alarm: 5, warning: 4, info: 3 } as const;
/** Short names of emojis (docs.ntfy.sh, tags). */
const tags = { alarm: 'rotating_light', warning: 'warning', info: 'information_source' } as const;

/** Publishes to an ntfy server as JSON (docs.ntfy.sh, publish as JSON). */
export function ntfySender(setting: NtfySetting, { url }: SenderFacts): Sender {
	const authorization = (): { authorization?: string } => {
		const token = readSecret({ password: setting.token, passwordFile: setting.tokenFile });
		return token === undefined ? {} : { authorization: `Bearer ${token}` };
	};
	return {
		check: () => void authorization(),
		send: async (message, signal) =>
			postAccepted({
				by: `the ntfy server ${new URL(setting.server).host}`,
				url: setting.server,
				headers: { 'content-type': 'application/json', ...authorization() },
				body: JSON.stringify(published(message, setting.topic, url)),
				signal,
			}),
	};
}

function published(message: Message, topic: string, click: string | undefined) {
	return {
		topic,
		title: message.title,
		message: shortened(message.text, MOST_BYTES),
		priority: message.isQuiet ? 2 : message.isOver ? 3 : priorities[message.severity],
		tags: [message.isOver ? 'white_check_mark' : tags[message.severity]],
		...(click === undefined ? {} : { click }),
	};
}

/** A text of at most so many bytes of UTF-8. */
export function shortened(text: string, mostBytes: number): string {
	const bytes = Buffer.from(text);
	if (bytes.length <= mostBytes) return text;
	// A letter that was cut in two is left out.
	return `${bytes
		.subarray(0, mostBytes - 3)
		.toString()
		.replace(/\uFFFD+$/, '')}…`;
}

import { randomBytes } from 'node:crypto';
import { connect } from 'mqtt';
import { messageOf } from '../errors.ts';
import type { MqttAddress } from './mqtt-transport.ts';

/** How a broker receives an account. `problem`: its word, or the system's. */
export type BrokerAnswer =
	| { readonly kind: 'accepted' }
	| { readonly kind: 'refused'; readonly problem: string }
	| { readonly kind: 'away'; readonly problem: string };

/** Signs in once and leaves again, whatever comes of it. Never rejects. */
export function askBroker({ url, username, password }: MqttAddress, withinMs = 5_000): Promise<BrokerAnswer> {
	return new Promise((resolve) => {
		const client = connect(url, {
			clientId: `asks-${randomBytes(4).toString('hex')}`,
			...(username === undefined ? {} : { username }),
			...(password === undefined ? {} : { password }),
			reconnectPeriod: 0,
			connectTimeout: withinMs,
		});
		const end = (answer: BrokerAnswer): void => {
			clearTimeout(late);
			client.end(true);
			resolve(answer);
		};
		const late = setTimeout(
			() => end({ kind: 'away', problem: `no answer within ${withinMs / 1000} s` }),
			withinMs + 500,
		);
		client.on('connect', () => end({ kind: 'accepted' }));
		client.on('close', () => end({ kind: 'away', problem: 'the connection was closed' }));
		client.on('error', (error) => {
			const { code } = error as { code?: unknown };
			// The broker's own word is a number, the system's a name.
			const kind = typeof code === 'number' ? 'refused' : 'away';
			end({ kind, problem: messageOf(error) || String(code ?? 'unknown') });
		});
	});
}

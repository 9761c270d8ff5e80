// The bus over WebSocket, on the page's own origin. The MQTT client is loaded beside the page: no paint waits for it.
import type { Opener } from '../core/connection.ts';

/** What every connection of this page uses. */
export interface BusAddress {
	readonly url: string;
	readonly clientId: string;
	/** Topic filters subscribed to as soon as it is up. */
	readonly filters: readonly string[];
	/** Where the broker is another one than the page's own, which knows who is signed in. */
	readonly account?: { readonly username: string; readonly password: string };
}

/** Opens connections to a broker; the client's code is fetched at the first. */
export function mqttOpener(address: BusAddress): Opener {
	return (listener) => {
		let abandoned = false;
		let end: (() => void) | undefined;
		const load = async (): Promise<void> => {
			const { connect } = await import('./mqtt-connection.ts');
			if (!abandoned) end = connect(address, listener);
		};
		load().catch(() => {
			if (!abandoned) listener.down();
		});
		return () => {
			abandoned = true;
			end?.();
		};
	};
}

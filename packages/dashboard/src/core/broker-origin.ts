// Where another broker is, as people type it.

/** The origin of a broker as people type it; undefined where it is none. */
export function brokerOrigin(typed: string): string | undefined {
	const text = typed.trim().replace(/\/$/, '');
	const whole = /^[a-z]+:\/\//i.test(text) ? text : `ws://${text}`;
	if (!/^wss?:\/\/[^/?#@]+$/i.test(whole) || !URL.canParse(whole)) return undefined;
	const { protocol, host, port } = new URL(whole);
	return port === '' ? undefined : `${protocol}//${host}`;
}

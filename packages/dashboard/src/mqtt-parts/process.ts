// Stands in for Node's `process`: what the MQTT client and its streams ask of it.
type Callback = (...values: unknown[]) => void;

/** Calls after what runs now, before anything else: a page in the background is not slowed down by it, as by a timer. */
export const nextTick = (callback: Callback, ...values: unknown[]): void =>
	queueMicrotask(() => {
		callback(...values);
	});

export const env = {};

export default { env, nextTick };

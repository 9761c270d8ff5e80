// Timers that can be taken back.

/** Acts once some milliseconds have passed; the result prevents it. */
export function after(ms: number, act: () => void): () => void {
	const timer = setTimeout(act, ms);
	return () => clearTimeout(timer);
}

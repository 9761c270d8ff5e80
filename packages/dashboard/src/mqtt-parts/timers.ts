// Stands in for the client's choice of timers: the page's policy refuses workers made of a blob, and asks for native ones.
export default () => ({
	set: (act: () => void, everyMs: number) => setInterval(act, everyMs),
	clear: (timer: number) => clearInterval(timer),
});

// Stands in for `worker-timers`: the page's policy refuses workers made of a blob, and the page asks for native timers.
const set = globalThis.setInterval;
const clear = globalThis.clearInterval;

export { clear as clearInterval, set as setInterval };

// When the page draws what has changed.
import { options } from 'preact';

/** What somebody does: whoever handles the next must know of it. */
const deeds = ['input', 'change', 'click', 'submit', 'keydown', 'pointerdown'] as const;

let pending: (() => void) | undefined;

function draw(): void {
	const render = pending;
	pending = undefined;
	render?.();
}

/**
 * Many messages may come between two frames: what they change is drawn once, with the next. What somebody does waits for
 * no frame, which may be late on a slow device: what it changed is drawn as soon as it has been handled. Otherwise the
 * second of two fields that are filled in at once would forget the first. (Not before it is handled: a field would be
 * drawn with what it held before, over what was just typed.)
 */
export function drawByFrames(): void {
	options.debounceRendering = (render) => {
		pending = render;
		requestAnimationFrame(draw);
	};
	for (const deed of deeds) window.addEventListener(deed, draw);
}

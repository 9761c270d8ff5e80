// Line icons on a grid of 24, drawn with the colour of the text around them; words always stand beside them.
import type { Order } from '@pilotwire/contract';
import type { ScreenId } from '../core/screens.ts';

const paths = {
	now: 'M5 20V11M12 20V4M19 20v-6M3 7.5h4M10 1.5h4M17 10.5h4',
	radiators: 'M4 6v13M9 6v13M14 6v13M19 6v13M4 9h15M4 16h15M19 12h2.5',
	comfort:
		'M12 21c-4 0-7-2.7-7-6.6C5 10 9 8.5 9.6 3c3.4 1.7 5 4.3 5 7 .9-.6 1.5-1.5 1.7-2.6C18 9 19 11.5 19 14.4 19 18.3 16 21 12 21Z',
	eco: 'M5 19C4 9 10 4.5 20 4c.5 10-4 16-13 14.5M5 20c2-5 5-8 9.5-10.5',
	frost_protection: 'M12 2v20M3.3 7l17.4 10M20.7 7 3.3 17M9.5 3.5 12 6l2.5-2.5M9.5 20.5 12 18l2.5 2.5',
	off: 'M12 3v8M7 5.8a8 8 0 1 0 10 0',
	auto: 'M4 12a8 8 0 0 1 14-5.3L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.3L4 15M4 20v-5h5',
	wait: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
	alert: 'M12 3.5 2.5 20h19L12 3.5ZM12 10v4.5M12 17.3v.2',
	away: 'M3 3l18 18M8.5 16.5a5 5 0 0 1 6-.6M5.5 13a9 9 0 0 1 4-2.3M2.5 9.5A14 14 0 0 1 7 6.8M12 5.5a14 14 0 0 1 9.5 4M14.7 11c1.4.4 2.7 1.1 3.8 2M12 20v.1',
	person: 'M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-3.5 3.8-5.5 7.5-5.5s6.7 2 7.5 5.5',
	close: 'M6 6l12 12M18 6 6 18',
	check: 'M5 12.5l4.5 4.5L19 7.5',
	house: 'M3 11.5 12 4l9 7.5M5.5 10v10h13V10M10 20v-5.5h4V20',
	chevron: 'M9 5l7 7-7 7',
} as const;

/** An icon's name. */
export type IconName = keyof typeof paths;

/** Decoration beside words: not read out. */
export function Icon({ name }: { readonly name: IconName }) {
	return (
		<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
			<path d={paths[name]} />
		</svg>
	);
}

/** The icon of an order; the finer steps of comfort are flames too. */
export const orderIcon = (order: Order | 'auto'): IconName =>
	(order.startsWith('comfort') ? 'comfort' : order) as IconName;

export const screenIcon = (id: ScreenId): IconName => id;

// Line icons on a grid of 24, drawn with the colour of the text around them; words always stand beside them.
import type { Order } from '@pilotwire/contract';
import type { ScreenId } from '../core/screens.ts';

const paths = {
	now: 'M5 20V11M12 20V4M19 20v-6M3 7.5h4M10 1.5h4M17 10.5h4',
	radiators: 'M4 6v13M9 6v13M14 6v13M19 6v13M4 9h15M4 16h15M19 12h2.5',
	history: 'M3 18.5 8 12l4 3.5 8.5-10M15.5 5.5h5v5M3 22h18',
	costs: 'M17.5 6.5A7.5 7.5 0 1 0 17.5 17.5M3 10.2h10M3 13.8h9',
	health: 'M3 12h4l2.5-7 4.5 14 2.5-7h4.5',
	settings:
		'M4 7h9M18 7h2M4 17h2M11 17h9M15.5 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM8.5 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
	probes: 'M9 14.5V5a2 2 0 1 1 4 0v9.5a4 4 0 1 1-4 0ZM11 9v8M16.5 5h4M16.5 9h4M16.5 13h2',
	devices: 'M4 8h7v12H4ZM14 4h6v16h-6ZM7 16.5h.02M17 16.5h.02M16 7.5h2',
	machines: 'M7 7h10v10H7ZM3.5 10H7M3.5 14H7M17 10h3.5M17 14h3.5M10 3.5V7M14 3.5V7M10 17v3.5M14 17v3.5',
	remote: 'M9 3h6v18H9ZM12 7h.02M12 11h.02M12 15h.02M5 9a4 4 0 0 0 0 6M19 9a4 4 0 0 1 0 6',
	plus: 'M12 5v14M5 12h14',
	minus: 'M5 12h14',
	play: 'M7 4.5v15L19.5 12 7 4.5Z',
	stop: 'M6 6h12v12H6Z',
	more: 'M5.5 12h.02M12 12h.02M18.5 12h.02',
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
	programmes: 'M4 5.5h16v15H4ZM4 10h16M8.5 3v4M15.5 3v4M8 14h3M8 17h6',
	away_house: 'M3 11.5 12 4l9 7.5M5.5 10v10h7M16 17h6M19.5 14.5 22 17l-2.5 2.5',
	chevron: 'M9 5l7 7-7 7',
	back: 'M15 5l-7 7 7 7',
	thermometer: 'M10 14.5V5a2 2 0 1 1 4 0v9.5a4 4 0 1 1-4 0ZM12 9v8',
	tree: 'M12 22v-6M12 2 6 10h3l-4.5 6h15L15 10h3L12 2Z',
	coin: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM15.5 9a4 4 0 1 0 0 6M7.5 11h5M7.5 13.2h4.5',
	download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
	zoom_in: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l5 5M8 11h6M11 8v6',
	zoom_out: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l5 5M8 11h6',
	update: 'M12 20V8M7 12.5l5-5 5 5M5 4h14',
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

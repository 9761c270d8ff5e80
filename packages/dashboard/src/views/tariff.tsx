// Tariffs in words, and their colour as a sign: a shape and a word, never the colour alone.
import type { TariffColour } from '@pilotwire/contract';
import { t } from '../app/store.ts';
import type { Tariff } from '../core/costs.ts';
import { colourKeys, tariffKeys } from '../core/words.ts';

/** The day's colour after a word such as "Today". */
export function ColourTag({
	colour,
	day,
}: {
	readonly colour: TariffColour | undefined;
	readonly day: 'today' | 'tomorrow';
}) {
	const text =
		colour === undefined
			? t.value('colour.tomorrow.unknown')
			: t.value(`colour.${day}`, { colour: t.value(colourKeys[colour]) });
	return (
		<span class="colour-tag" data-colour={colour ?? 'unknown'}>
			<i aria-hidden="true" />
			{text}
		</span>
	);
}

/** A tariff in words: its hours and its day's colour. */
export function tariffText({ period, colour }: Tariff): string {
	const hours = t.value(tariffKeys[period]);
	return colour === undefined ? hours : `${hours} · ${t.value(colourKeys[colour])}`;
}

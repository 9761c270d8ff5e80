// What the page knows, as signals: views read them, and only the controller writes them.
import { computed, signal } from '@preact/signals';
import { type Commands, noCommands } from '../core/commands.ts';
import { formatOf } from '../core/format.ts';
import { freshness, type Link } from '../core/freshness.ts';
import { gauges } from '../core/gauge.ts';
import type { CostNow } from '../core/glance.ts';
import { LoadHistory } from '../core/history.ts';
import { emptyHouse, type House } from '../core/house.ts';
import { waitingList } from '../core/reasons.ts';
import { screenOf } from '../core/screens.ts';
import { languageFor, translatorOf } from '../i18n/index.ts';
import { readPreferences } from '../io/preferences.ts';
import type { Account } from '../io/session.ts';

/** Who is at the page. `asking`: not known yet; `unreachable`: the server does not answer. */
export type Session =
	| { readonly kind: 'asking' | 'unreachable' }
	| { readonly kind: 'out'; readonly notice?: 'ended' | 'unconfirmed' }
	| { readonly kind: 'in'; readonly account: Account };

export const session = signal<Session>({ kind: 'asking' });
export const link = signal<Link>({ kind: 'connecting' });
export const house = signal<House>(emptyHouse);
export const commands = signal<Commands>(noCommands);
/** Wall clock, ms; moves once a second, and when the page is looked at again. */
export const now = signal(Date.now());
export const screen = signal(screenOf(location.hash));
export const preferences = signal(readPreferences());
/** The sentence for people who hear the screen; a number makes the same sentence news again. */
export const announcement = signal({ text: '', serial: 0 });

export const hours = signal<1 | 6 | 24>(6);
/** Points across the chart: one for every two pixels of a phone. */
export const CHART_SLOTS = 180;
export const history = signal(new LoadHistory(6 * 3_600_000, CHART_SLOTS));
export const historyStatus = signal<'loading' | 'there' | 'missing'>('loading');
/** The last five minutes, for the highest load on each gauge. */
export const recent = signal(new LoadHistory(5 * 60_000, 60));

/** What this hour and this day have cost; undefined while no price is known. */
export const cost = signal<CostNow | undefined>(undefined);

export const language = computed(() => {
	const { language: chosen } = preferences.value;
	if (chosen !== 'auto') return chosen;
	const given = session.value.kind === 'in' ? session.value.account.language : undefined;
	return given ?? languageFor(navigator.languages);
});
export const t = computed(() => translatorOf(language.value));
/** The house's time zone as an answer of the history said it. */
export const saidZone = signal<string | undefined>(undefined);
/** The house's time zone: clocks, charts and lists of hours are in it. This device's where nothing says it. */
export const zone = computed(
	() => house.value.plans?.value.zone ?? saidZone.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
);
export const format = computed(() => formatOf(language.value, zone.value));

export const fresh = computed(() => freshness(house.value, link.value, now.value));
export const peaks = computed(() => {
	const { phases, maxima } = recent.value.columns(now.value);
	const highest = phases.map((phase, row) => {
		const heard = (maxima[row] ?? []).filter((max) => max !== null);
		return [phase, heard.length === 0 ? undefined : Math.max(...heard)] as const;
	});
	return new Map(highest.filter((entry): entry is readonly [number, number] => entry[1] !== undefined));
});
export const phaseGauges = computed(() => gauges(house.value, peaks.value, fresh.value.shedderLive));
/** The highest limit of a phase, VA. */
export const limitVA = computed(() => Math.max(0, ...phaseGauges.value.map((one) => one.limitVA)));
export const waiting = computed(() => waitingList(house.value));
/** Whether orders may be given here at all. */
export const mayCommand = computed(() => session.value.kind === 'in' && session.value.account.role !== 'viewer');

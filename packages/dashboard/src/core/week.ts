// A week's programme as stretches that a finger can point at, and the changes people make to it.
import type { Order, Programme, ProgrammeChange, WeekDay } from '@pilotwire/contract';

/** Monday first. */
export const WEEK_DAYS: readonly WeekDay[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
export const DAY_MINUTES = 1_440;

/** What holds from one minute of a day to another. */
export interface Stretch {
	readonly fromMin: number;
	readonly toMin: number;
	readonly order: Order | undefined;
	readonly temperatureC: number | undefined;
	/** The place of its change in the programme's list. */
	readonly change: number;
	/** It began on an earlier day. */
	readonly carried: boolean;
}

const minuteOf = (at: string): number => Number(at.slice(0, 2)) * 60 + Number(at.slice(3));

/** The stretches of a day, without a gap; each change holds until the next one, over midnight and over Sunday. */
export function stretchesOf({ changes }: Pick<Programme, 'changes'>, day: WeekDay): Stretch[] {
	const week = changes
		.flatMap((change, place) =>
			change.days.map((one) => ({ change, place, minute: WEEK_DAYS.indexOf(one) * DAY_MINUTES + minuteOf(change.at) })),
		)
		.sort((a, b) => a.minute - b.minute);
	const start = WEEK_DAYS.indexOf(day) * DAY_MINUTES;
	const carried = week.findLast(({ minute }) => minute < start) ?? week.at(-1);
	const own = week.filter(({ minute }) => minute >= start && minute < start + DAY_MINUTES);
	const first = own[0]?.minute === start || carried === undefined ? [] : [{ ...carried, minute: start, carried: true }];
	const all = [...first, ...own.map((one) => ({ ...one, carried: false }))];
	return all.map(({ change, place, minute, carried: isCarried }, index) => ({
		fromMin: minute - start,
		toMin: (all[index + 1]?.minute ?? start + DAY_MINUTES) - start,
		...{ order: change.order, temperatureC: change.temperatureC, change: place, carried: isCarried },
	}));
}

/** Puts a change in the place of another one, or adds it; the days that it takes at its time are taken from others. */
export function withChange(programme: Programme, change: ProgrammeChange, place: number | undefined): Programme {
	const others = programme.changes.flatMap((one, index): ProgrammeChange[] => {
		if (index === place) return [];
		if (one.at !== change.at) return [one];
		const days = one.days.filter((day) => !change.days.includes(day));
		return days.length === 0 ? [] : [{ ...one, days }];
	});
	const days = WEEK_DAYS.filter((day) => change.days.includes(day));
	const changes = [...others, { ...change, days }].sort(
		(a, b) => a.at.localeCompare(b.at) || WEEK_DAYS.indexOf(a.days[0] ?? 'mon') - WEEK_DAYS.indexOf(b.days[0] ?? 'mon'),
	);
	return { ...programme, changes };
}

/** Leaves a change out; undefined where it was the last one. */
export function withoutChange(programme: Programme, place: number): Programme | undefined {
	const changes = programme.changes.filter((_, index) => index !== place);
	return changes.length === 0 ? undefined : { ...programme, changes };
}

/** A programme to begin with: comfort in the morning and the evening of working days, all day at the weekend. */
export function newProgramme(id: string, target: Programme['for']): Programme {
	const work: WeekDay[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
	const free: WeekDay[] = ['sat', 'sun'];
	return {
		id,
		for: target,
		changes: [
			{ days: work, at: '06:00', order: 'comfort' },
			{ days: free, at: '07:30', order: 'comfort' },
			{ days: work, at: '08:30', order: 'eco' },
			{ days: work, at: '17:00', order: 'comfort' },
			{ days: [...work, ...free], at: '22:30', order: 'eco' },
		],
	};
}

import {
	type Absence,
	absence as absenceSchema,
	type ProgrammePreview,
	type ProgrammesSet,
	type ProgrammesState,
	programme as programmeSchema,
	tariffRule,
} from '@pilotwire/contract';
import { idSetting, type RemoteMethod, remoteMethod } from '@pilotwire/runtime';
import * as z from 'zod';

/** A preview is of so many days unless asked otherwise, and of so many at most. */
const PREVIEW_DAYS = 7;
const MOST_DAYS = 14;

/** What the methods reach; each throws a `PilotwireError` where it refuses. */
export interface PlannerDesk {
	list(): ProgrammesState;
	change(command: ProgrammesSet): null;
	absence(command: 'end' | Absence): null;
	preview(circuit: string, days: number): ProgrammePreview;
}

/** The remote calls of `services/planner/rpc`. */
export function methods(desk: PlannerDesk): Readonly<Record<string, RemoteMethod>> {
	const named = z.strictObject({ id: idSetting });
	const previewed = z.strictObject({ circuit: idSetting, days: z.int().min(1).max(MOST_DAYS).default(PREVIEW_DAYS) });
	return {
		'programme.list': remoteMethod(z.strictObject({}), () => desk.list()),
		'programme.put': remoteMethod(z.strictObject({ programme: programmeSchema }), ({ programme }) =>
			desk.change({ put: programme }),
		),
		'programme.delete': remoteMethod(named, ({ id }) => desk.change({ delete: id })),
		'programme.preview': remoteMethod(previewed, ({ circuit, days }) => desk.preview(circuit, days)),
		'rule.put': remoteMethod(z.strictObject({ rule: tariffRule }), ({ rule }) => desk.change({ putRule: rule })),
		'rule.delete': remoteMethod(named, ({ id }) => desk.change({ deleteRule: id })),
		'absence.set': remoteMethod(z.strictObject({ absence: absenceSchema }), ({ absence }) => desk.absence(absence)),
		'absence.end': remoteMethod(z.strictObject({}), () => desk.absence('end')),
	};
}

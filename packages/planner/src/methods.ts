import {
	absence as absenceSchema,
	type ProgrammePreview,
	type ProgrammesSet,
	type ProgrammesState,
	programme as programmeSchema,
	tariffRule,
} from '@pilotwire/contract';
import { idSetting, type RemoteMethod, remoteMethod } from '@pilotwire/runtime';
import * as z from 'zod';
import type { AbsenceCommand } from './commands.ts';

/** A preview is of so many days unless asked otherwise, and of so many at most. */
const PREVIEW_DAYS = 7;
const MOST_DAYS = 14;

/** What the methods reach; each throws a `PilotwireError` where it refuses. */
export interface PlannerDesk {
	list(): ProgrammesState;
	change(command: ProgrammesSet): null;
	absence(command: AbsenceCommand): null;
	preview(circuit: string, days: number): ProgrammePreview;
}

/** The remote calls of `services/planner/rpc`. */
export function methods(desk: PlannerDesk): Readonly<Record<string, RemoteMethod>> {
	/** Not carried out when it arrives later than this. */
	const expiresAt = z.iso.datetime({ offset: true, error: 'ISO 8601 such as 2026-01-31T22:00:00Z' }).optional();
	const named = z.strictObject({ id: idSetting, expiresAt });
	const previewed = z.strictObject({ circuit: idSetting, days: z.int().min(1).max(MOST_DAYS).default(PREVIEW_DAYS) });
	return {
		'programme.list': remoteMethod(z.strictObject({}), () => desk.list()),
		'programme.put': remoteMethod(
			z.strictObject({ programme: programmeSchema, expiresAt }),
			({ programme, ...expiry }) => desk.change({ put: programme, ...expiry }),
		),
		'programme.delete': remoteMethod(named, ({ id, ...expiry }) => desk.change({ delete: id, ...expiry })),
		'programme.preview': remoteMethod(previewed, ({ circuit, days }) => desk.preview(circuit, days)),
		'rule.put': remoteMethod(z.strictObject({ rule: tariffRule, expiresAt }), ({ rule, ...expiry }) =>
			desk.change({ putRule: rule, ...expiry }),
		),
		'rule.delete': remoteMethod(named, ({ id, ...expiry }) => desk.change({ deleteRule: id, ...expiry })),
		'absence.set': remoteMethod(z.strictObject({ absence: absenceSchema, expiresAt }), ({ absence, ...expiry }) =>
			desk.absence({ ...absence, ...expiry }),
		),
		// People are back: that is true however late it is heard.
		'absence.end': remoteMethod(z.strictObject({ expiresAt }), () => desk.absence('end')),
	};
}

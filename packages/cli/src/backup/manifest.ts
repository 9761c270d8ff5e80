import * as z from 'zod';

/** What `manifest.json` of a backup says. */
export const manifestSchema = z.strictObject({
	format: z.literal(1),
	/** The version of Pilotwire that wrote it, such as `0.1.0`. */
	version: z.string().regex(/^\d+\.\d+\.\d+/),
	/** ISO 8601. */
	at: z.string(),
	site: z.string(),
	/** Folder of the house's data, absolute. */
	dataDir: z.string().startsWith('/'),
	/** The configuration file, absolute; none of a house without one. */
	config: z.string().startsWith('/').optional(),
	files: z.array(
		z.strictObject({
			/** Where it was, absolute; without `.` and `..`. */
			path: z.string().refine((path) => isPlain(path), 'an absolute path'),
			bytes: z.int().min(0),
			/** Permissions. */
			mode: z.int().min(0).max(0o7777),
			sha256: z.string().regex(/^[0-9a-f]{64}$/),
		}),
	),
});

/** The manifest as it is read. */
export type Manifest = z.output<typeof manifestSchema>;
export type BackedUpFile = Manifest['files'][number];

/** The name of the archive of a moment, in a folder of several. */
export function archiveName(site: string, at: string): string {
	return `pilotwire-${site}-${at.slice(0, 19).replaceAll(':', '-')}Z.tar.gz`;
}

/** The oldest archives of a site beyond those that are kept, of the names in a folder. */
export function outdated(names: readonly string[], site: string, keep: number): string[] {
	const form = new RegExp(`^pilotwire-${site}-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\dZ\\.tar\\.gz$`);
	const all = names.filter((name) => form.test(name)).sort();
	return all.slice(0, Math.max(0, all.length - keep));
}

/** What is made anew at each start, is half written, or was put aside by a restore. */
const PASSING =
	/\.(door|sock|new|lock)$|-(wal|shm|journal)$|\.copy-[0-9a-f]+$|(^|\/)(before-restore-|\.)[^/]*(\/|$)|\.tar\.gz$/;

/** Whether a file of the data folder belongs in a backup; its path from there. Databases are copied apart. */
export function belongsInBackup(path: string): boolean {
	return !PASSING.test(path);
}

/** The files that a configuration names for its secrets and certificates: every setting whose name ends in `File`. */
export function namedFiles(configuration: unknown): string[] {
	if (typeof configuration !== 'object' || configuration === null) return [];
	return Object.entries(configuration).flatMap(([key, value]) =>
		key.endsWith('File') && typeof value === 'string' ? [value] : namedFiles(value),
	);
}

/** Whether version `a` comes after `b`. */
export function isNewer(a: string, b: string): boolean {
	const [first, second] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10)));
	for (const at of [0, 1, 2]) {
		const difference = (first?.[at] ?? 0) - (second?.[at] ?? 0);
		if (difference !== 0) return difference > 0;
	}
	return false;
}

function isPlain(path: string): boolean {
	return (
		path.startsWith('/') &&
		path
			.split('/')
			.slice(1)
			.every((part) => part !== '' && part !== '.' && part !== '..')
	);
}

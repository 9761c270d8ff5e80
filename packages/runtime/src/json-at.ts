/** What stands at a path of a JSON payload (`ENERGY.Power`), or the whole text without one; undefined where nothing does. */
export function valueAt(text: string, path: string | undefined): unknown {
	if (path === undefined) return text.trim();
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	for (const name of path.split('.')) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
		value = (value as Record<string, unknown>)[name];
	}
	return value;
}

/** The figure there, also where it is written as a text; undefined where there is none. */
export function numberAt(text: string, path: string | undefined): number | undefined {
	const value = valueAt(text, path);
	const figure = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof figure === 'number' && Number.isFinite(figure) ? figure : undefined;
}

// Requests to the web service of this origin that change something, or that only administrators may make.

/** What the server said: its answer, or the code of its refusal; `UNREACHABLE` where it said nothing. */
export type Answer =
	| { readonly ok: true; readonly body: unknown }
	| { readonly ok: false; readonly code: string; readonly body: unknown };

/** Who answers later than this is not there: a password takes a small computer a second or two. Milliseconds. */
const ANSWER_WITHIN_MS = 15_000;

/** One request; a body goes as JSON. */
export async function askServer(method: string, path: string, body?: unknown): Promise<Answer> {
	try {
		const response = await fetch(path, {
			method,
			cache: 'no-store',
			signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
			headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		const said: unknown = text === '' ? {} : JSON.parse(text);
		return response.ok ? { ok: true, body: said } : { ok: false, code: codeOf(said), body: said };
	} catch {
		return { ok: false, code: 'UNREACHABLE', body: undefined };
	}
}

function codeOf(body: unknown): string {
	const code = (body as { code?: unknown } | null | undefined)?.code;
	return typeof code === 'string' ? code : 'FAILED';
}

/** Gives the OpenAPI document, made when it is first asked for: what makes it is loaded only then. */
export function apiDocumentOnce(): () => Promise<object> {
	let made: Promise<object> | undefined;
	return () => {
		made ??= import('../io/api-document.ts').then(({ apiDocument }) => apiDocument());
		return made;
	};
}

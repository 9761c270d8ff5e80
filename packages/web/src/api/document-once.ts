const loaded = async (): Promise<object> => (await import('../io/api-document.ts')).apiDocument();

/** Gives the OpenAPI document, made when it is first asked for: what makes it is loaded only then. Asked again where that failed. */
export function apiDocumentOnce(make: () => Promise<object> = loaded): () => Promise<object> {
	let made: Promise<object> | undefined;
	return () => {
		made ??= make().catch((error: unknown) => {
			made = undefined;
			throw error;
		});
		return made;
	};
}

// The error codes that stand in the code, found by their shape.
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** The texts an expression may be: a literal, or either branch of a choice; none where it is computed elsewhere. */
function literals(node: ts.Expression): string[] {
	if (ts.isStringLiteral(node)) return [node.text];
	if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
	return [];
}

/**
 * The codes of a file's errors for people: the `code` of every object that also says what to do (`action`), as the facts
 * of a `PilotwireError` do, wherever they are put together, or `why` a command was refused. Codes of SQLite, JSON-RPC or
 * the TIC have neither.
 */
export function errorCodesOf(text: string): string[] {
	const codes: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isObjectLiteralExpression(node)) {
			const property = (name: string) =>
				node.properties.find((one) => one.name !== undefined && ts.isIdentifier(one.name) && one.name.text === name);
			const code = property('code');
			if (code !== undefined && ts.isPropertyAssignment(code) && (property('action') ?? property('why')) !== undefined)
				codes.push(...literals(code.initializer));
		}
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest));
	return codes;
}

/** The reasons for which a TIC group is refused: the members of the type `TicErrorCode`. */
export function refusalCodesOf(text: string): string[] {
	const source = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest);
	return source.statements.flatMap((statement) => {
		if (!ts.isTypeAliasDeclaration(statement) || statement.name.text !== 'TicErrorCode') return [];
		const { type } = statement;
		return ts.isUnionTypeNode(type)
			? type.types.flatMap((one) =>
					ts.isLiteralTypeNode(one) && ts.isStringLiteral(one.literal) ? [one.literal.text] : [],
				)
			: [];
	});
}

/** The codes of all the given files. */
export function errorCodes(files: readonly string[]): Set<string> {
	return new Set(files.flatMap((file) => errorCodesOf(readFileSync(file, 'utf8'))));
}

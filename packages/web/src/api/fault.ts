import type { Refusal } from '../errors.ts';

/** What a caller of the API is told where a request fails; `expected` and `got` where its form is wrong. */
export interface Problem {
	readonly code: string;
	readonly message: string;
	readonly expected?: string;
	readonly got?: string;
}

/** Ends a request with a refusal. */
export class ApiFault extends Error {
	override readonly name = 'ApiFault';
	readonly statusCode: number;
	readonly problem: Problem;

	constructor({ status, code, message }: Refusal, details: Pick<Problem, 'expected' | 'got'> = {}) {
		super(message);
		this.statusCode = status;
		this.problem = { code, message, ...details };
	}
}

import fc from 'fast-check';

/**
 * What the properties are asked with: the same cases on each machine and at each run, so that what a change broke is
 * told from what chance found. New cases are looked for by `npm run soak`, or with a seed that is given.
 */
const SEED = 20_260_701;

const given = process.env['PILOTWIRE_SEED'];
if (given !== undefined && !Number.isInteger(Number(given)))
	throw new Error(`PILOTWIRE_SEED is ${given}: a whole number was expected`);
if (given !== undefined || process.env['PILOTWIRE_SOAK'] === undefined)
	fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given ?? SEED) });

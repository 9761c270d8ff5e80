import { bundle } from '../io/support/bundle.ts';
import type { ConfigOptions } from './options.ts';

/** `pilotwire support FILE`: what to send to somebody who helps. */
export async function support(
	file: string,
	options: ConfigOptions & { readonly log?: readonly string[] },
): Promise<void> {
	const names = await bundle(file, options);
	console.log(`${file}: ${names.join(', ')}.`);
	console.log(
		'Secrets, account names and the numbers of meter and delivery point are taken out. Look through it before you send it.',
	);
}

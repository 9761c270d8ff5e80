import * as z from 'zod';

/** A topic of a device that knows nothing of `pilotwire/`. */
export const foreignTopicSetting = z.string().regex(
	// biome-ignore lint/suspicious/noControlCharactersInRegex: MQTT forbids NUL in a topic.
	/^(?!\$|\/?pilotwire(\/|$))[^+#\u0000-\u001f]{1,250}$/,
	'a whole MQTT topic outside pilotwire/, without + and #',
);

/** A place in a JSON payload. */
export const jsonPathSetting = z
	.string()
	.regex(/^[^.]{1,64}(\.[^.]{1,64}){0,7}$/, 'a path such as state or ENERGY.Power')
	.describe('Where it stands in a JSON payload, names separated by dots. Without it the whole payload is meant.');

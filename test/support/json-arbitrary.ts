// Values from a JSON Schema, as far as the API's document uses it; and others that fit it almost, or not at all.
import fc from 'fast-check';

/** The part of JSON Schema that is understood. */
export interface JsonSchema {
	readonly type?: string;
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly JsonSchema[];
	readonly allOf?: readonly JsonSchema[];
	readonly items?: JsonSchema;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly pattern?: string;
	readonly format?: string;
	readonly minLength?: number;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly minItems?: number;
}

/** Values that fit. */
export function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
	if ('const' in schema) return fc.constant(schema.const);
	if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
	if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(fitting));
	switch (schema.type) {
		case 'string':
			return text(schema);
		case 'number':
		case 'integer': {
			const { minimum: min = -1e6, maximum: max = 1e6 } = schema;
			return schema.type === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
		}
		case 'boolean':
			return fc.boolean();
		case 'array':
			return fc.array(fitting(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
		case 'object':
			return fc.record(
				Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, fitting(one)])),
				{ requiredKeys: [...(schema.required ?? [])] },
			);
		default:
			return fc.jsonValue();
	}
}

/** Values that fit, that fit but for a part, and that have nothing to do with it. */
export function almost(schema: JsonSchema): fc.Arbitrary<unknown> {
	const broken = fc.tuple(fitting(schema), fc.string(), fc.jsonValue()).map(([value, key, part]) => {
		if (typeof value !== 'object' || value === null) return part;
		const keys = Object.keys(value);
		const own = keys[key.length % Math.max(1, keys.length)] ?? key;
		return { ...value, [key.length % 2 === 0 ? own : key]: part };
	});
	return fc.oneof({ weight: 4, arbitrary: fitting(schema) }, { weight: 4, arbitrary: broken }, fc.jsonValue());
}

function text({ pattern, format, minLength = 0, maxLength = 40 }: JsonSchema): fc.Arbitrary<string> {
	if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
	if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
	return fc.string({ minLength, maxLength: Math.min(maxLength, 300), unit: 'binary' });
}

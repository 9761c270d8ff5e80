// The reference pages that follow from the code: topics from the contract, settings from the schemas, commands from their help.
import { program } from '@pilotwire/cli/program';
import { houseSchema } from '@pilotwire/cli/schema';
import { alertTopics, bridgeTopics, channelTopics, remoteTopics, topics } from '@pilotwire/contract';
import { apiDocument } from '@pilotwire/web';
import * as z from 'zod';

/** The part of JSON Schema that these pages read. */
interface Schema {
	type?: string;
	const?: unknown;
	enum?: unknown[];
	anyOf?: Schema[];
	items?: Schema;
	properties?: Record<string, Schema>;
	additionalProperties?: boolean | Schema;
	required?: string[];
	default?: unknown;
	description?: string;
	minimum?: number;
	maximum?: number;
	pattern?: string;
	format?: string;
}

const INTRO = '<!-- Written by `npm run docs` from the code; a test holds it to it. -->\n';

function typeText(schema: Schema): string {
	if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
	if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
	if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' or ');
	if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeText(schema.items)}`;
	if (schema.type === 'object') return 'object';
	const bounds = [schema.minimum, schema.maximum].map((bound) =>
		bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? '' : String(bound),
	);
	const range = bounds.some((bound) => bound !== '') ? ` ${bounds.join(' … ')}` : '';
	return `${schema.type === 'string' ? 'text' : (schema.type ?? 'anything')}${range}`;
}

function inner(schema: Schema): Schema {
	if (schema.type === 'array' && schema.items !== undefined) return inner(schema.items);
	return schema;
}

function fields(schema: Schema, prefix: string): string[] {
	return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
		const name = `${prefix}${key}${value.type === 'array' ? '[]' : ''}`;
		const optional = schema.required?.includes(key) ? '' : ', optional';
		return [`- \`${name}\`: ${typeText(value)}${optional}`, ...fields(inner(value), `${name}.`)];
	});
}

/** docs/reference/topics.md */
export function topicsPage(): string {
	const all = [
		...Object.values(topics),
		...Object.values(alertTopics),
		...Object.values(bridgeTopics),
		...Object.values(remoteTopics),
	];
	const rows = all.map(
		({ template, qos, retain, about }) => `| \`${template}\` | ${qos} | ${retain ? 'yes' : 'no'} | ${about} |`,
	);
	const payloads = all.map((topic) => {
		const schema = z.toJSONSchema(topic.schema as never, { io: 'input', unrepresentable: 'any' }) as Schema;
		const lines = schema.anyOf === undefined ? fields(schema, '') : schema.anyOf.flatMap((one) => fields(one, ''));
		const words = schema.properties === undefined ? [`- ${typeText(schema)}`] : [];
		return `## \`${topic.template}\`\n\n${topic.about}\n\n${[...words, ...lines].join('\n')}\n`;
	});
	const ofChannels = channelTopics.map(({ template, by, about }) => `| \`${template}\` | ${by} | ${about} |`);
	const words = channelTopics.flatMap((topic) => ('schema' in topic ? [channelPayload(topic)] : []));
	return `${INTRO}
# Topics

Below \`pilotwire/<site>/\`. A payload is JSON, or a plain word where a word says it all. What doesn't fit is refused with
a line in the log and changes nothing; a retained command is refused and cleared.

| topic | QoS | retained | what |
| --- | --- | --- | --- |
${rows.join('\n')}

${payloads.join('\n')}
# Topics of channels

At the root, where the broker has [channels](../guides/channels.md). Nothing there is retained. What members say to each other
is theirs: any bytes.

| topic | who says it | what |
| --- | --- | --- |
${ofChannels.join('\n')}

${words.join('\n')}`;
}

function channelPayload({ template, schema }: { readonly template: string; readonly schema: unknown }): string {
	const { anyOf, ...whole } = z.toJSONSchema(schema as never, { io: 'input', unrepresentable: 'any' }) as Schema;
	const lines = (anyOf ?? [whole]).flatMap((one) => fields(one, ''));
	return `## \`${template}\`\n\n${lines.join('\n')}\n`;
}

function settings(schema: Schema, prefix: string): string[] {
	return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
		const name = `${prefix}${key}${value.type === 'array' ? '[]' : ''}`;
		const nested = settings(inner(value), `${name}.`);
		const preset = value.default === undefined || nested.length > 0 ? '' : `\`${JSON.stringify(value.default)}\``;
		const kind = nested.length > 0 ? '' : typeText(value);
		return [`| \`${name}\` | ${kind} | ${preset} | ${value.description ?? ''} |`, ...nested];
	});
}

/** docs/reference/configuration.md */
export function configurationPage(): string {
	const schema = configurationSchema();
	return `${INTRO}
# Configuration

One YAML file, given with \`--config\`. Every setting has a default; single settings can be given on the command line too:
\`--set shedder.enabled=false\`. All faults of a file are reported at once. Editors complete and check the file where its
first line is \`# yaml-language-server: $schema=<path of docs/reference/pilotwire.schema.json>\`.

Without \`meters\`, \`boards.modules\` and \`radiators\` the simulated house runs.

| setting | value | default | what |
| --- | --- | --- | --- |
${settings(schema, '').join('\n')}
`;
}

/** docs/reference/pilotwire.schema.json */
export function configurationSchema(): Schema {
	return z.toJSONSchema(houseSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
}

type Command = ReturnType<typeof program>;

/** A command and those below it. */
function withSubcommands(command: Command): Command[] {
	return [command, ...command.commands.flatMap(withSubcommands)];
}

function commandSection(command: Command): string {
	const help = command.createHelp();
	const rows = [
		...help.visibleArguments(command).map((one) => [`${help.argumentTerm(one)}`, help.argumentDescription(one)]),
		...help.visibleOptions(command).map((one) => [help.optionTerm(one), help.optionDescription(one)]),
	].map(([term, what]) => `| \`${term}\` | ${what} |`);
	const usage = help.commandUsage(command);
	const description = command.description();
	const sentence = `${description.charAt(0).toUpperCase()}${description.slice(1).replace(/\.$/, '')}.`;
	return `## \`${usage}\`

${sentence}

| | what |
| --- | --- |
${rows.join('\n')}
`;
}

/** docs/reference/commands.md */
export function commandsPage(): string {
	const sections = withSubcommands(program()).map(commandSection);
	return `${INTRO}
# Commands

In a copy of the project: \`npx pilotwire ...\`, or \`npm start -- ...\` for \`pilotwire up ...\`. SIGINT (Ctrl-C) and SIGTERM
stop a command: it ends with 0 once its outputs are safe. A second one ends it at once, with 130.

${sections.join('\n')}
The codes that commands end with are in [Errors](errors.md#exit-codes).
`;
}

/** docs/reference/openapi.json */
const openApi = `${JSON.stringify(await apiDocument(), undefined, 2)}\n`;

/** Each page by its path below docs/. */
export function pages(): Record<string, string> {
	return {
		'reference/topics.md': topicsPage(),
		'reference/commands.md': commandsPage(),
		'reference/configuration.md': configurationPage(),
		'reference/openapi.json': openApi,
		'reference/pilotwire.schema.json': `${JSON.stringify(configurationSchema(), undefined, 2)}\n`,
	};
}

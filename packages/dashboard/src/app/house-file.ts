// The configuration of the house as this page reads and changes it: a draft until it is saved. It comes with the settings.
import {
	type FileFault,
	type HouseFileAnswer,
	type HouseSections,
	houseFileAnswer,
	houseFileRefusal,
} from '@pilotwire/contract';
import { computed, effect, signal } from '@preact/signals';
import { changesIn } from '../core/house-parts.ts';
import { type Answer, askServer } from '../io/server.ts';
import { session } from './store.ts';

const PATH = '/api/house-file';
/** While the services start again, this often. Milliseconds. */
const LOOK_AGAIN_MS = 1_500;
/** They have started by then, or something is wrong. Milliseconds. */
const STARTED_WITHIN_MS = 60_000;

export const file = signal<HouseFileAnswer | undefined>(undefined);
export const status = signal<'loading' | 'there' | 'missing'>('loading');
/** What people have changed and not saved; undefined: nothing. */
const draft = signal<HouseSections | undefined>(undefined);
export const faults = signal<readonly FileFault[]>([]);
/** Why the house would not save it: the code of its refusal. */
export const refused = signal<string | undefined>(undefined);
export const saving = signal<'no' | 'sent' | 'starting' | 'used' | 'late'>('no');

export const parts = computed(() => draft.value ?? file.value?.sections);
export const changes = computed(() => {
	const [before, after] = [file.value?.sections, draft.value];
	return before === undefined || after === undefined ? 0 : changesIn(before, after);
});

effect(() => {
	if (session.value.kind === 'out') {
		file.value = undefined;
		discard();
	}
});

/** Asks for the file; a draft stays. */
export async function loadFile(): Promise<void> {
	const said = read(await askServer('GET', PATH));
	if (said !== undefined) file.value = said;
	status.value = said === undefined ? 'missing' : 'there';
}

/** Changes the draft. */
export function edit(sections: HouseSections): void {
	draft.value = sections;
	refused.value = undefined;
	saving.value = 'no';
}

/** Forgets what was not saved. */
export function discard(): void {
	draft.value = undefined;
	faults.value = [];
	refused.value = undefined;
	saving.value = 'no';
}

/** Saves the draft; whether it was taken. */
export async function save(): Promise<boolean> {
	const [sections, version] = [draft.peek(), file.peek()?.version];
	if (sections === undefined || version === undefined) return false;
	saving.value = 'sent';
	const answer = await askServer('PUT', PATH, { version, sections });
	const said = read(answer);
	if (said === undefined) {
		const refusal = houseFileRefusal.safeParse(answer.body);
		faults.value = refusal.success ? (refusal.data.faults ?? []) : [];
		refused.value = answer.ok ? 'FAILED' : answer.code;
		saving.value = 'no';
		return false;
	}
	file.value = said;
	discard();
	if (said.waits && said.restarts) void untilUsed();
	return true;
}

/** The services start again with it: until they have, the page waits. */
async function untilUsed(): Promise<void> {
	saving.value = 'starting';
	const deadline = Date.now() + STARTED_WITHIN_MS;
	while (Date.now() < deadline) {
		await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
		const said = read(await askServer('GET', PATH));
		if (said === undefined) continue;
		file.value = said;
		if (said.waits) continue;
		saving.value = said.takenBack === undefined ? 'used' : 'no';
		return;
	}
	saving.value = 'late';
}

function read(answer: Answer): HouseFileAnswer | undefined {
	const parsed = answer.ok ? houseFileAnswer.safeParse(answer.body) : undefined;
	return parsed?.success ? parsed.data : undefined;
}

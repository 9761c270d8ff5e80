import type { Fault } from '@pilotwire/runtime';
import type { SwitchConfig } from './config.ts';
import { CheapHours } from './core/cheap-hours.ts';
import { isWord } from './core/feedback.ts';
import { payloadOf } from './core/switched.ts';

/** The parts of the whole file that switches are checked against. */
interface Checked {
	readonly switches: readonly SwitchConfig[];
	readonly radiators?: readonly { readonly id: string }[];
	readonly shedder?: { readonly enabled: boolean; readonly maxWaitS: number };
}

/** Adds a fault of one setting of the switch. */
type Say = (key: string, expected: string, received: string) => void;

/** What no single setting shows: circuits and outputs named twice, and settings that contradict each other. */
export function switchActuatorFaults(config: Checked): Fault[] {
	return config.switches.flatMap((one, index) => {
		const faults: Fault[] = [];
		const say: Say = (key, expected, received) => {
			faults.push({ path: `switches[${index}].${key}`, expected, received });
		};
		const earlier = config.switches.slice(0, index);
		const taken = earlier.some(({ id }) => id === one.id) || (config.radiators ?? []).some(({ id }) => id === one.id);
		if (taken) say('id', 'an id of its own for each radiator and switch', `${one.id} again`);
		outputFaults(one, earlier, say);
		// Of two that read the same the later is told, unless the earlier only measures there.
		const others = config.switches.filter(
			(other) => other !== one && (earlier.includes(other) || !answersAlike(one, other)),
		);
		feedbackFaults(one, others, say);
		chargerFaults(one, say);
		waitFaults(one, config.shedder, say);
		hotWaterFaults(one, say);
		return faults;
	});
}

/** On and off must be told apart, and no order may reach two circuits. */
function outputFaults(one: SwitchConfig, earlier: readonly SwitchConfig[], say: Say): void {
	const { topic } = one.output;
	if (payloadOf({ config: one }, 'comfort') === payloadOf({ config: one }, 'off')) {
		say('output.off', 'another payload than that which switches on', payloadOf({ config: one }, 'off'));
	}
	const same = earlier.find(({ output }) => output.topic === topic);
	if (same === undefined) return;
	const shared = (['comfort', 'off'] as const).find(
		(order) => payloadOf({ config: one }, order) === payloadOf({ config: same }, order),
	);
	if (shared === undefined) return;
	const received = `${payloadOf({ config: one }, shared)} on ${topic}, which switches ${same.id} ${shared === 'off' ? 'off' : 'on'} too`;
	say('output.topic', 'an output of its own for each switch: another topic, or other payloads', received);
}

/** What a plug says must be its own: an order that comes back by the broker, or another's answer, would count as obeyed. */
function feedbackFaults({ output, feedback, power }: SwitchConfig, others: readonly SwitchConfig[], say: Say): void {
	for (const [key, source] of Object.entries({ feedback, power })) {
		if (source?.topic !== output.topic) continue;
		const expected =
			'another topic than that of the output: there it would hear its own orders and take them for obeyed';
		say(`${key}.topic`, expected, source.topic);
	}
	if (feedback !== undefined && isWord(feedback.off, String(feedback.on))) {
		say('feedback.off', 'another word than that for on', `${feedback.off}`);
	}
	const own = feedback ?? power;
	const same = own && others.find((other) => saysTheSame(own, other));
	if (own === undefined || same === undefined) return;
	const where = `${own.path === undefined ? '' : `${own.path} on `}${own.topic}`;
	const key = feedback === undefined ? 'power' : 'feedback';
	say(key, 'an answer of its own for each switch: another topic or path', `${where}, which answers for ${same.id}`);
}

/** Whether both are answered for at one place. */
function answersAlike(one: SwitchConfig, other: SwitchConfig): boolean {
	const [own, others] = [one.feedback ?? one.power, other.feedback ?? other.power];
	return own?.topic === others?.topic && own?.path === others?.path;
}

type Answer = NonNullable<SwitchConfig['feedback'] | SwitchConfig['power']>;

/** Whether another switch reads the same words or figures. */
function saysTheSame(own: Answer, { feedback, power }: SwitchConfig): boolean {
	return [feedback, power].some((source) => {
		if (source?.topic !== own.topic || source.path !== own.path) return false;
		return !('on' in own && 'on' in source) || isWord(own.on, String(source.on));
	});
}

function chargerFaults({ kind, output: { current } }: SwitchConfig, say: Say): void {
	if (current === undefined) return;
	const { minA, maxA, payload } = current;
	if (kind !== 'charger') say('output.current', 'kind: charger', kind);
	if (minA > maxA) say('output.current.minA', `at most maxA, ${maxA}`, String(minA));
	const text = JSON.stringify(payload);
	if (!text.includes('{A}')) say('output.current.payload', 'a payload with {A} where the amperes stand', text);
}

function waitFaults(one: SwitchConfig, shedder: Checked['shedder'], say: Say): void {
	const longestS = one.maxWaitS ?? shedder?.maxWaitS ?? Number.POSITIVE_INFINITY;
	if (shedder?.enabled === false || (one.minOffS ?? 0) <= longestS) return;
	const whose = one.maxWaitS === undefined ? 'shedder.maxWaitS' : 'its maxWaitS';
	const expected = `at most the ${longestS} s that it may wait: lower it, or raise ${whose}`;
	say('minOffS', expected, `${one.minOffS} s, in which it could not come back`);
}

/** A minimum that the cheap hours can't give would make the heater short every night. */
function hotWaterFaults({ kind, powerW, hotWater }: SwitchConfig, say: Say): void {
	if (hotWater === undefined) return;
	if (kind !== 'water_heater') say('hotWater', 'kind: water_heater', kind);
	const { cheapHours, minimumKWh } = hotWater;
	for (const [index, { from, to }] of cheapHours.entries()) {
		if (from !== to) continue;
		const expected = 'another time than from; for all day write 00:00 to 12:00 and 12:00 to 00:00';
		say(`hotWater.cheapHours[${index}].to`, expected, to);
	}
	const cheapH = new CheapHours(cheapHours).dayMin / 60;
	const mostKWh = (cheapH * powerW) / 1000;
	// Without any cheap hours the meter is to say when they are.
	if (cheapH === 0 || minimumKWh <= mostKWh) return;
	const most = Math.floor(mostKWh * 10) / 10;
	const expected = `at most the ${most} kWh that ${powerW} W give in the ${Math.round(cheapH * 10) / 10} h of its cheapHours`;
	say('hotWater.minimumKWh', expected, `${minimumKWh} kWh`);
}

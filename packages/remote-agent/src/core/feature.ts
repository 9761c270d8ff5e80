import type { AgentState } from '@pilotwire/contract';
import type { Operations } from './calls.ts';

/** A part of what an agent can do. */
export interface Feature {
	/** How it is said in the agent's state. */
	readonly can: Partial<AgentState['can']>;
	readonly operations: Operations;
	/** Lets go of what it holds. */
	readonly stop?: () => Promise<void>;
}

/** Names of the parts, as a channel's `allow` has them. */
export type FeatureName = 'files' | 'camera' | 'sound' | 'television' | 'gpio' | 'broadcasts' | 'commands';
export type Features = ReadonlyMap<FeatureName, Feature>;

/** Operations of all parts, or of some. */
export function operationsOf(features: Features, allowed?: readonly string[]): Operations {
	return Object.assign({}, ...chosen(features, allowed).map(({ operations }) => operations));
}

/** What all parts can do, or some. */
export function abilitiesOf(features: Features, allowed?: readonly string[]): AgentState['can'] {
	return Object.assign({}, ...chosen(features, allowed).map(({ can }) => can));
}

const chosen = (features: Features, allowed: readonly string[] | undefined): Feature[] =>
	[...features].filter(([name]) => allowed === undefined || allowed.includes(name)).map(([, feature]) => feature);

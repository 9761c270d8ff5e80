// One line of a list of facts.
import type { ComponentChildren } from 'preact';

/** A name and what stands beside it. */
export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
	return (
		<div>
			<dt>{name}</dt>
			<dd>{children}</dd>
		</div>
	);
}

// What people are to type somewhere else.

/** What people type, as it is typed; where it is wider than a phone, it scrolls. */
export function Typed({ text, label }: { readonly text: string; readonly label: string }) {
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
		<section class="typed" aria-label={label} tabIndex={0}>
			<pre>{text}</pre>
		</section>
	);
}

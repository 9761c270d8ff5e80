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

/** What the house's configuration must say before this page may go to another broker. */
export function Allowing({ origin }: { readonly origin: string }) {
	return <pre class="typed">{`web: { otherBrokers: ["${origin}"] }`}</pre>;
}

interface NothingProps {
	/** Unique on the page. */
	readonly id: string;
	readonly title: string;
	readonly hint: string;
	readonly example: string;
}

/** Nothing is here yet: why, and what to type to change that. */
export function NothingYet({ id, title, hint, example }: NothingProps) {
	return (
		<section class="card" aria-labelledby={id}>
			<h2 id={id}>{title}</h2>
			<p class="quiet">{hint}</p>
			<Typed text={example} label={hint} />
		</section>
	);
}

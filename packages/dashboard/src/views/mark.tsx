/** The three columns of the gauge, as the application's mark. */
export function Mark() {
	return (
		<span class="mark" aria-hidden="true">
			<i />
			<i />
			<i />
		</span>
	);
}

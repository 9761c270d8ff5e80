/** Resolves when a person, systemd or the parent process wants this process to leave. A second wish is carried out at once. */
export function untilAskedToStop(): Promise<void> {
	return new Promise((resolve) => {
		let asked = false;
		const ask = (): void => {
			if (asked) process.exit(130);
			asked = true;
			resolve();
		};
		process.on('SIGINT', ask);
		process.on('SIGTERM', ask);
		process.once('disconnect', ask);
		// The parent may have gone while this process was still loading.
		if (process.send !== undefined && !process.connected) ask();
	});
}

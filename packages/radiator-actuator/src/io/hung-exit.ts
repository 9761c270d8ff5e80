/**
 * Lets this process end although a transfer hangs in the kernel. At exit libuv joins its threads, and a thread in a
 * blocked ioctl is not joined for as long as that lasts (10 minutes): so the last thing the process does is to kill
 * itself, after all that ends gracefully has ended. Returns what takes that back once the transfer came back.
 */
export function killAtExit(): () => void {
	const kill = (): void => {
		process.kill(process.pid, 'SIGKILL');
	};
	process.once('exit', kill);
	return () => {
		process.removeListener('exit', kill);
	};
}

/** Where a Redis is, as it may be shown: without user, password and options. `url`: of `broker.cluster`. */
export function shownAddress(url: string): string {
	return url.replace(/\/\/.*@/, '//').replace(/\?.*/, '');
}

/** What is typed to ask that Redis; a password is asked for. */
export function redisCli(url: string): string {
	if (!URL.canParse(url)) return `redis-cli -s ${url}`;
	const { protocol, hostname, port, username, password } = new URL(url);
	return [
		'redis-cli',
		...(protocol === 'rediss:' ? ['--tls'] : []),
		...['-h', hostname.replaceAll(/[[\]]/g, '')],
		...(port === '' || port === '6379' ? [] : ['-p', port]),
		...(username === '' ? [] : ['--user', username]),
		...(password === '' ? [] : ['--askpass']),
	].join(' ');
}

// The far end of a hop, in a process of its own: says when each message arrived, on the clock that all processes share.
import { connect } from 'mqtt';

const [url = '', username = '', password = '', topic = ''] = process.argv.slice(2);
const client = connect(url, { username, password });
client.on('connect', () => client.subscribe(topic, { qos: 1 }, () => console.log('ready')));
client.on('message', (_, payload, packet) => {
	const atNs = process.hrtime.bigint();
	if (!packet.retain) console.log(`${JSON.parse(payload.toString()).number} ${atNs}`);
});

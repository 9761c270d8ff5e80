// Aedes as it comes, over TCP: what a connection costs there.
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
server.listen({ host: '127.0.0.1', port: 0 }, () => console.log(`port ${server.address().port}`));
process.once('SIGTERM', () => process.exit(0));

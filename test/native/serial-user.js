// A process that reads a port through the real serialport: PATH SPEED. It says what it reads, in hexadecimal.
import { SerialPort } from 'serialport';

const [path, speed] = process.argv.slice(2);
const port = new SerialPort({ path, baudRate: Number(speed), dataBits: 7, parity: 'even', stopBits: 1 });
port.on('data', (bytes) => console.log(bytes.toString('hex')));

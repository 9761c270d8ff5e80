"""A device as anybody would write one with Python's websockets: it knows the wire, and nothing of Pilotwire.

Usage: device.py URL NAME PASSWORD [CA]. Each line of standard input is a status to report; each command that comes is
printed, and answered by a report of what was done.
"""

import asyncio
import json
import ssl
import sys

import websockets


async def main(url, name, password, ca=None):
    context = ssl.create_default_context(cafile=ca) if ca else None
    async with websockets.connect(url, ssl=context) as socket:
        await socket.send(json.dumps({"type": "auth", "name": name, "password": password}))
        loop = asyncio.get_running_loop()

        async def report():
            while True:
                line = await loop.run_in_executor(None, sys.stdin.readline)
                if line == "":
                    await socket.close()
                    return
                told = {"type": "telemetry", "status": line.strip(), "temperature": 21.5, "door": {"open": False}}
                await socket.send(json.dumps(told))

        reporting = asyncio.create_task(report())
        print("ready", flush=True)
        try:
            async for message in socket:
                print(message, flush=True)
                command = json.loads(message)
                if "command" in command:
                    await socket.send(json.dumps({"type": "telemetry", "status": "done", "last": command["command"]}))
        except websockets.ConnectionClosed:
            pass
        print("closed", flush=True)
        reporting.cancel()


asyncio.run(main(*sys.argv[1:]))

"""A TCP proxy in front of PostgreSQL that can silently drop what either side sends."""

import asyncio
import threading
from contextlib import suppress

from bench.client import HOST

CHUNK = 1 << 16


class Proxy:
    """Runs in a thread of its own until `stop`. `port` is where it listens."""

    def __init__(self, target: int) -> None:
        self._target, self._is_silent, self._writers = target, False, set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, HOST, 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def silence(self) -> None:
        self._is_silent = True

    def resume(self) -> None:
        """Forwards again; dropped data stays lost."""
        self._is_silent = False

    def close_all(self) -> None:
        """Closes every connection."""
        self._call(self._close_all())

    def stop(self) -> None:
        self._server.close()
        self.close_all()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError):
            there, back = await asyncio.open_connection(HOST, self._target)
            self._writers.add(back)
            await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))
            self._writers.discard(back)
        writer.close()
        self._writers.discard(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the sender ends; its end is passed on unless the proxy is silent just then."""
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if not self._is_silent:
                    writer.write(data)
                    await writer.drain()
        if not self._is_silent:
            writer.close()

    async def _close_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    def _call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

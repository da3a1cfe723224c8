"""Mail servers of the tests: a real one that keeps what it is given, and some that answer late, never, or nonsense."""

import contextlib
import email
import email.policy
import socket
import threading
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class Inbox:
    """Keeps what a mail server is given."""

    def __init__(self) -> None:
        self.mails = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append(envelope)
        return "250 OK"


@contextmanager
def serving(**terms):
    """A mail server on these terms."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port, **terms)
    controller.start()
    yield controller
    controller.stop()


def parsed(envelope) -> EmailMessage:
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


@contextmanager
def talking(talk):
    """A server that answers each connection with talk(connection)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def serve() -> None:
            with contextlib.suppress(OSError):
                while not over.is_set():
                    connection, _ = listener.accept()
                    threading.Thread(target=talk, args=(connection, over), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        over.set()
        listener.shutdown(socket.SHUT_RDWR)


def drip(connection, over) -> None:
    with contextlib.suppress(OSError), connection:
        while not over.wait(0.1):
            connection.sendall(b"2")


def say_nothing(connection, over) -> None:
    with connection:
        over.wait(60)

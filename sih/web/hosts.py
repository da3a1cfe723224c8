"""Under which names pages are served, and what their cookies are called there."""

from collections.abc import Callable, Iterable

HEALTH = ("/healthz", "/readyz")  # asked by machines, by whatever address they know


def cookie_name(name: str, is_secure: bool) -> str:
    """With TLS a browser takes a `__Host-` cookie from this host alone, never from a neighbour below the same domain
    (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if is_secure else name


class Hosts:
    """Prepares the Host header for TRUSTED_HOSTS, which cannot name an IPv6 address (Werkzeug cuts it at its first
    colon) and knows no page that answers under any name. Stands within ProxyFix, which may replace the header."""

    def __init__(self, wsgi_app: Callable, hosts: Iterable[str]) -> None:
        self._wsgi_app, self._literals = wsgi_app, {f"[{host}]" for host in hosts if ":" in host}

    def __call__(self, environ: dict, start_response: Callable):
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()  # names have no case (RFC 9110, 4.2.3)
        literal, end, port = environ.get("HTTP_HOST", "").partition("]")
        if environ.get("PATH_INFO") in HEALTH:
            environ["HTTP_HOST"] = "localhost"
        elif literal + end in self._literals:
            environ["HTTP_HOST"] = f"localhost{port}"
        return self._wsgi_app(environ, start_response)

"""The host names under which pages are served, and the names of their cookies."""

from collections.abc import Callable, Iterable

HEALTH = ("/healthz", "/readyz")  # monitors may use any address of this machine


def cookie_name(name: str, is_secure: bool) -> str:
    """The cookie's name, with the prefix `__Host-` under TLS: browsers then accept it from this host only, not from
    other hosts of the domain (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if is_secure else name


class Hosts:
    """WSGI middleware that adapts the Host header to Flask's TRUSTED_HOSTS. TRUSTED_HOSTS cannot contain IPv6 addresses
    (Werkzeug cuts them at the first colon) and cannot exempt the health pages: both are replaced by "localhost". Runs
    inside ProxyFix, which may replace the header."""

    def __init__(self, wsgi_app: Callable, hosts: Iterable[str]) -> None:
        self._wsgi_app, self._literals = wsgi_app, {f"[{host}]" for host in hosts if ":" in host}

    def __call__(self, environ: dict, start_response: Callable):
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()  # host names are case-insensitive (RFC 9110, 4.2.3)
        literal, end, port = environ.get("HTTP_HOST", "").partition("]")
        if environ.get("PATH_INFO") in HEALTH:
            environ["HTTP_HOST"] = "localhost"
        elif literal + end in self._literals:
            environ["HTTP_HOST"] = f"localhost{port}"
        return self._wsgi_app(environ, start_response)

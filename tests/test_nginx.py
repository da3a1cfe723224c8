"""nginx in front of SIH, with the configuration of README.md: TLS there, the person's address and https here."""

import http.client
import re
import shutil
import ssl
import subprocess
import time
from contextlib import suppress

import pytest
import trustme

from tests import company
from tests.serving import HOST, ROOT, free_port, serving

pytestmark = pytest.mark.long
NAME = "helpdesk.example.com"
AROUND = "daemon off;\npid {place}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n  access_log off;\n{server}\n}}\n"


@pytest.fixture(scope="module")
def nginx(shared_database, tmp_path_factory):
    """nginx(method, path, ...) asks SIH through nginx: the answer, with its body read."""
    place, port = tmp_path_factory.mktemp("nginx"), free_port()
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME)
    certificate.cert_chain_pems[0].write_to_path(place / "helpdesk.pem")
    certificate.private_key_pem.write_to_path(place / "helpdesk.key")
    (server,) = re.findall(r"^```nginx\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    own = {"public_url": f"https://{NAME}", "trusted_proxies": "1"}
    with serving(shared_database, place / "log", **own) as sih:
        here = {"443 ssl": f"{HOST}:{port} ssl", "/etc/ssl/certs": str(place), "/etc/ssl/private": str(place)}
        for documented, actual in (here | {"127.0.0.1:8080": f"127.0.0.1:{sih.port}"}).items():
            assert documented in server
            server = server.replace(documented, actual)
        (place / "conf").write_text(AROUND.format(place=place, server=server))
        command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", place, "-e", "stderr", "-c", place / "conf"]
        assert subprocess.run([*command, "-t"], capture_output=True).returncode == 0
        process = subprocess.Popen(command)
        context = ssl.create_default_context()
        authority.configure_trust(context)
        try:
            yield asking(port, context)
        finally:
            process.terminate()
            process.wait(20)


def asking(port: int, context: ssl.SSLContext):
    def ask(method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        for _ in range(100):
            with suppress(ConnectionRefusedError):
                raw = http.client.HTTPSConnection(HOST, port, context=context, timeout=60)
                context.check_hostname = False  # the name is that of the Host header; the certificate is checked
                raw.request(method, path, body, {"Host": NAME} | headers)
                answer = raw.getresponse()
                answer.text = answer.read().decode()
                return answer
            time.sleep(0.1)
        raise TimeoutError

    return ask


def test_a_person_signs_in_through_nginx(nginx):
    page = nginx("GET", "/login")
    assert page.status == 200
    cookies = [line.partition(";")[0] for line in page.headers.get_all("Set-Cookie")]
    assert all(line.startswith("__Host-") for line in cookies)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]*)"', page.text)[1]
    form = f"csrf_token={token}&nik={company.PEOPLE['rini'][0]}&pin={company.PIN}"
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(cookies)}
    done = nginx("POST", "/login", form, **kind, Referer=f"https://{NAME}/login")
    assert done.status in (302, 303)
    signed = "; ".join(line.partition(";")[0] for line in done.headers.get_all("Set-Cookie"))
    assert "Daftar Kendala" in nginx("GET", "/problems", Cookie=signed).text


def test_a_redirect_stays_on_the_name_that_people_type(nginx):
    place = nginx("GET", "/problems").headers["Location"]
    assert place.startswith(("/login", f"https://{NAME}/login"))


def test_a_foreign_name_is_refused(nginx):
    assert nginx("GET", "/login", Host="evil.example").status == 400

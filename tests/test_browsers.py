"""The browser names shown to a person, derived from the User-Agent."""

import pytest

from sih.web import known_browsers

KIT = "AppleWebKit/537.36"
AGENTS = {
    f"Mozilla/5.0 (Linux; Android 14; SM-A546E) {KIT} Chrome/126.0.0.0 Mobile Safari/537.36": "Chrome/Android",
    f"Mozilla/5.0 (Linux; Android 14) {KIT} SamsungBrowser/25.0 Chrome/121.0 Safari/537.36": "Samsung Internet/Android",
    f"Mozilla/5.0 (Linux; U; Android 9) {KIT} Chrome/100.0 UCBrowser/13.4 Safari/537.36": "UC Browser/Android",
    f"Mozilla/5.0 (Linux; Android 14) {KIT} Chrome/126.0 Mobile Safari/537.36 OPR/76.2": "Opera/Android",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/126.0 Safari/537.36 Edg/126.0": "Edge/Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0": "Firefox/Windows",
    "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0": "Firefox/Android",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0": "Firefox/Linux",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/126.0 Safari/537.36": "Chrome/ChromeOS",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1": "Safari/iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) CriOS/126.0 Mobile/15E148 Safari/604.1": "Chrome/iPhone",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15": "Safari/macOS",
    "curl/8.5.0": "",
    "Chrome/126.0": "",
    "": "",
}


@pytest.mark.parametrize(("agent", "name"), AGENTS.items(), ids=list(AGENTS.values()))
def test_a_user_agent_has_this_name(agent, name):
    assert known_browsers.named(agent) == name

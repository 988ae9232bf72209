import pytest


@pytest.mark.parametrize("path", ["/metrics", "/sd", "/", "/nothing", "/-/healthy", "/probe"])
def test_every_answer_has_the_headers(running, path):
    headers = running.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


def test_limits(running):
    assert running.client.post("/-/reload", content=b"x" * 70_000).status_code == 413
    assert running.get("/metrics?" + "x" * 30_000).status_code == 431
    assert running.get("/metrics", headers={"X-Long": "x" * 30_000}).status_code == 431


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_other_sites_cannot_reload(running, headers):
    answer = running.client.post("/-/reload", headers=headers)
    assert answer.status_code == 403


def test_our_own_pages_can(running):
    origin = running.url
    assert running.client.post("/-/reload", headers={"Origin": origin}).status_code == 200
    own = {"Sec-Fetch-Site": "same-origin", "Origin": origin}
    assert running.client.post("/-/reload", headers=own).status_code == 200

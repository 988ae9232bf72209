def test_health(running):
    assert running.get("/-/healthy").text == "cmprobe is healthy\n"
    assert running.get("/-/ready").text == "cmprobe is ready\n"


def test_what_is_not_there_is_told_shortly(running):
    for path in ("/nothing", "/metrics/", "/-/", "/api"):
        answer = running.get(path)
        assert (answer.status_code, answer.text) == (404, "not found\n")
    for path in ("/metrics", "/sd", "/probe", "/api/v1/report", "/-/healthy"):
        answer = running.client.delete(path)
        assert answer.status_code == 405
        assert len(answer.text) < 50
    assert running.get("/-/reload").status_code == 405
    assert running.client.head("/metrics").status_code == 200
    assert running.client.head("/metrics").content == b""

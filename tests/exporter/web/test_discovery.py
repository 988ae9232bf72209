def test_service_discovery(running, site):
    answer = running.get("/sd")
    assert answer.headers["content-type"] == "application/json"
    groups = answer.json()
    assert [group["targets"] for group in groups] == [[target.id] for target in site[1]]
    labels = groups[0]["labels"]
    assert all(isinstance(value, str) for value in labels.values())
    assert labels["__meta_configmgr_site"] == "P01"
    assert labels["__meta_configmgr_roles"] == ",management-point,distribution-point,"
    assert labels["__meta_configmgr_port"] == str(site[1][0].port)

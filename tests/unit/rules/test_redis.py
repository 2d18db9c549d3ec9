"""The tables of tests/cases/RD*.yaml are the main test; here is what they cannot say."""


def test_a_password_is_never_told(judged):
    words = ["redis-server", "--requirepass", "Kp2mVx81qLw0"]
    sides = [{"services": {"cache": {"image": "redis:7", **c}}} for c in ({}, {"command": words})]
    report = judged(*sides)
    assert [finding.rule for finding in report.findings] == ["RD006"]
    assert "Kp2mVx81qLw0" not in repr(report)


def test_a_default_is_named_as_one(judged):
    words = ["redis-server", "--maxmemory-policy", "allkeys-lru"]
    sides = [{"services": {"cache": {"image": "redis:7", **c}}} for c in ({}, {"command": words})]
    (finding,) = judged(*sides).findings
    assert "noeviction (default) on one side and allkeys-lru on the other" in finding.message

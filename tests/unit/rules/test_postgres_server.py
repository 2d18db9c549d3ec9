"""The tables of tests/cases/PG*.yaml are the main test; here is what they cannot say."""


def test_several_settings_of_one_place_are_one_finding(judged):
    told = ["postgres"]
    for name in ("jit=off", "wal_level=logical", "max_wal_size=4GB"):
        told += ["-c", name]
    sides = [{"services": {"db": {"image": "postgres:16", "command": c}}} for c in (told[:1], told)]
    (finding,) = judged(*sides).findings
    assert finding.rule == "PG010"
    assert "jit (unset, off); wal_level (unset, logical)" in finding.message

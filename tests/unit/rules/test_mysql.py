"""The tables of tests/cases/MY*.yaml are the main test; here is what they cannot say."""


def test_sizes_are_told_in_units(judged):
    words = (["--max-allowed-packet=16M"], ["--max-allowed-packet=1G"])
    sides = [{"services": {"db": {"image": "mariadb:11.4", "command": c}}} for c in words]
    (finding,) = judged(*sides).findings
    assert finding.message == (
        "statements and rows may be 16 MiB large on one side and 1 GiB on the other"
    )

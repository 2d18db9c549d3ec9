"""What the tables of cases do not show: which side lacks what."""


def test_rights_of_all_tables_are_one_finding(answered):
    every = ["delete", "insert", "select", "update"]
    left = {"engine": "postgres", "rights": {f"t{n}": every for n in range(50)}}
    right = {"engine": "postgres", "rights": {f"t{n}": ["select"] for n in range(50)}}
    (finding,) = answered(left, right).findings
    assert "no delete, insert, update on `t0` in production" in finding.message
    assert finding.message.endswith("and 46 more")


def test_the_side_that_refuses_is_named(answered):
    left = {"engine": "redis", "acl": []}
    (finding,) = answered(left, {"engine": "redis", "acl": ["config"]}).findings
    assert finding.message == "Redis refuses commands on one side only: `config` in production"


def test_the_way_to_log_in_is_told(answered):
    left = {"engine": "redis", "authentication": "none"}
    (finding,) = answered(left, {"engine": "redis", "authentication": "user"}).findings
    assert "with nothing in local and with a user and a password in production" in finding.message

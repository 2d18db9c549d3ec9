"""What the tables of cases do not show: messages, and that one cause is one finding."""

PG = {"engine": "postgres"}


def test_a_release_says_what_came_with_it(answered):
    (finding,) = answered({**PG, "version": "14.9"}, {**PG, "version": "16.1"}).findings
    assert finding.rule == "DB001"
    assert finding.message.startswith("postgres is of release 14.9 in local and 16.1 in production")
    assert "NULLS NOT DISTINCT" in finding.message
    assert "scram" not in finding.message


def test_a_superuser_is_one_finding(answered):
    rights = ("superuser", "create-database", "create-role", "bypass-row-security")
    left, right = ({**PG, "role": dict.fromkeys(rights, may)} for may in (True, False))
    (finding,) = answered(left, right).findings
    assert finding.rule == "DB004"
    assert len(finding.places) == 4


def test_a_superuser_above_policies_is_told_of(answered):
    left, right = ({**PG, "role": {"superuser": may, "bypass-row-security": may}, "tables": {"t": "row security"}}
                   for may in (True, False))  # fmt: skip
    assert {f.rule for f in answered(left, right).findings} == {"DB004", "DB005"}


def test_names_of_roles_and_connections_are_expected(answered):
    left = {**PG, "role": {"name": "a"}, "connection": "web.environment.A"}
    right = {**PG, "role": {"name": "b"}, "connection": "api.environment.B"}
    report = answered(left, right)
    assert not report.findings
    assert len(report.folded) == 2

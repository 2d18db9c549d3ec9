"""What the tables of cases do not show: which tables come first."""


def test_tables_that_programs_fill_come_first(answered):
    left = {"engine": "postgres", "rows": {"customers": 4, "user_status": 3, "tax_rates": 5}}
    right = {"engine": "postgres", "rows": {"customers": 0, "user_status": 2, "tax_rates": 0}}
    (finding,) = answered(left, right).findings
    assert [place.setting.rpartition(".")[2] for place in finding.places] == [
        "tax_rates",
        "user_status",
        "customers",
    ]


def test_what_was_left_out_is_told(answered):
    left = {"engine": "postgres", "migrations": {"tool": "flyway", "version": "V7", "count": 7}}
    right = {"engine": "postgres", "migrations": {"tool": "flyway", "version": "V7", "count": 6}}
    (finding,) = answered(left, right).findings
    assert (
        "up to V7 (7 of flyway) in local and up to V7 (6 of flyway) in production"
        in finding.message
    )
    assert "some were left out" in finding.message


def test_a_migration_that_failed_is_told(answered):
    one = {"tool": "prisma", "version": "1", "count": 1}
    left = {"engine": "postgres", "migrations": one}
    right = {"engine": "postgres", "migrations": {**one, "failed": ["2_add"]}}
    (finding,) = answered(left, right).findings
    assert finding.message.endswith("some failed halfway")

"""The tables of tests/cases/TO*.yaml are the main test; here is what they cannot say."""


def test_the_host_outside_is_named_and_the_password_is_not(judged):
    def side(host, **more):
        url = f"postgres://u:Kp2mVx81qLw0@{host}/shop"
        return {"services": {"web": {"image": "a:1", "environment": {"DATABASE_URL": url}}, **more}}

    report = judged(side("db", db={"image": "postgres:16"}), side("shop.rds.test"))
    found = {finding.rule: finding for finding in report.findings}["TO013"]
    assert "Postgres runs in a container in local and at shop.rds.test" in found.message
    assert "Kp2mVx81qLw0" not in repr(report)

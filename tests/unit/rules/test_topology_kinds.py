"""The tables of tests/cases/TO*.yaml are the main test; here is what they cannot say."""


def test_a_pooler_of_the_left_side_names_clients_as_the_right_side_does(judged):
    def side(name, host, **more):
        body = {"image": "own/app:1", "environment": {"DATABASE_URL": f"postgres://{host}/shop"}}
        return {"services": {name: body, "db": {"image": "postgres:16"}, **more}}

    pool = {"pool": {"image": "edoburu/pgbouncer:1.23"}}
    report = judged(side("app_1", "pool:6432", **pool), side("app", "db"), pairs={"app_1": "app"})
    (finding,) = report.findings
    assert finding.rule == "TO010"
    assert [place.setting for place in finding.places] == [
        "services.pool",
        "services.app.environment.DATABASE_URL",
    ]

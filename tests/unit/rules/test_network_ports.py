"""NE006 to NE011: what the tables of cases cannot say."""


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_services_that_cannot_get_out_are_named(judged):
    def side(**options):
        services = {name: {"image": "x:1", "networks": {"back": None}} for name in ("db", "app")}
        return {"services": services, "networks": {"back": options}}

    (finding,) = said(judged(side(), side(internal=True)), "NE006")
    assert finding.message.endswith("; app, db cannot reach the world")


def test_a_port_of_a_kubernetes_service_counts(judged):
    body = {"image": "x:1", "environment": {"SOCKET_IO": "on"}}
    extension = {"services": [{"name": "web", "ports": [{"port": 80, "app_protocol": "http2"}]}]}
    production = {"source": "kubernetes", "services": {"web": body}, "x-parity": extension}
    (finding,) = said(judged({"services": {"web": body}}, production), "NE011")
    assert finding.severity == "error"


def test_both_ports_are_claimed(judged):
    report = judged(
        {"ports": [{"target": 3000, "published": "1"}]},
        {"ports": [{"target": 8080, "published": "2"}]},
    )
    assert [f.rule for f in report.findings] == ["NE010"]

"""PX001 to PX004: what the tables of cases cannot say."""

WEB = {"image": "shop:1"}
INGRESS = {"host": "shop.example", "path": "/", "service": "web", "port": 80, "tls": True}


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_an_ingress_rule_is_shown_where_it_stands(judged):
    production = {
        "source": "kubernetes",
        "services": {"web": WEB},
        "x-parity": {"ingress": [INGRESS]},
    }
    report = judged({"services": {"web": {"image": "shop:2"}}}, production)
    (finding,) = said(report, "PX001")
    assert "an ingress in production, and nothing in local" in finding.message
    assert "shop.example" in finding.places[0].right
    (tls,) = said(report, "PX003")
    assert (tls.places[0].left, tls.places[0].right) == ("unset", "true")


def test_differences_of_one_notation_are_claimed(judged):
    production = {"services": {"web": WEB}, "x-parity": {"ingress": [INGRESS]}}
    report = judged({"services": {"web": WEB}}, production)
    (finding,) = said(report, "PX001")
    assert finding.setting == 'ingress["shop.example/"]'
    assert not [f for f in report.findings if f.rule.startswith("DF")]


def test_the_side_that_lacks_the_proxy_may_be_production(judged):
    local = {"services": {"web": WEB, "proxy": {"image": "haproxy:3"}}}
    (finding,) = said(judged(local, {"services": {"web": WEB}}), "PX001")
    assert "`proxy` (haproxy) in local, and nothing in production" in finding.message


def test_equal_environments_are_silent(judged):
    side = {"services": {"web": WEB, "proxy": {"image": "haproxy:3"}}}
    assert judged(side, side).findings == ()

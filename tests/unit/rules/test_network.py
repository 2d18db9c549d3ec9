"""NE001 to NE005: what the tables of cases cannot say."""


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_modes_are_told_in_words(judged):
    (finding,) = said(judged({"network_mode": "service:vpn"}, {"network_mode": "host"}), "NE001")
    assert finding.message == (
        "it lives in the network of vpn in local and in the host's network in production"
    )


def test_the_line_to_copy_names_the_name(judged):
    body = {"healthcheck": {"test": ["CMD", "curl", "http://host.docker.internal:80"]}}
    (finding,) = said(judged({}, body), "NE002")
    assert finding.setting == "services.web.healthcheck.test"
    assert finding.fix == 'extra_hosts: ["host.docker.internal:host-gateway"]'


def test_the_host_s_own_network_needs_no_name_of_the_host(judged):
    body = {"network_mode": "host", "environment": {"A": "http://host.docker.internal"}}
    assert said(judged({}, body), "NE002") == []


def test_one_service_is_told_once(judged):
    body = {"environment": {"A": "host.docker.internal", "B": "host.docker.internal"}}
    assert len(said(judged({}, body), "NE002")) == 1

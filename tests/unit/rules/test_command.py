"""More on CM001 to CM005 than their tables say."""

import pytest

from parity.rules.command import _is_loopback


def said(report, rule):
    return [finding for finding in report.findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("localhost:8000", True),
        ("http://127.0.0.1:80/", True),
        ("0.0.0.0:80", False),
        (":8000", False),
        ("unix:/run/x.sock", False),
        ("[::]:80", False),
        ("", False),
    ],
)
def test_addresses(address, loopback):
    assert _is_loopback(address) is loopback


def test_the_finding_names_both_commands(judged):
    report = judged({"command": ["npm", "run", "dev"]}, {"command": ["node", "server.js"]})
    (finding,) = said(report, "CM001")
    assert "`npm run dev`" in finding.message
    assert "`node server.js`" in finding.message
    assert said(report, "DF006") == []


def test_production_is_told_of_its_server_even_if_the_laptop_runs_the_same(judged):
    report = judged({"command": ["npm", "run", "dev"]}, {"command": ["npm", "run", "dev"]})
    (finding,) = report.findings
    assert finding.rule == "CM002"
    assert finding.message.startswith("in production: ")


def test_a_proxy_that_depends_on_a_server_calls_it(judged):
    def stack(host):
        return {
            "services": {
                "web": {
                    "image": "x:1",
                    "command": ["node", "x.js"],
                    "environment": {"BIND_ADDRESS": host},
                },
                "proxy": {
                    "image": "nginx:1.27",
                    "depends_on": {"web": {"condition": "service_started"}},
                },
            }
        }

    (finding,) = said(judged(stack("0.0.0.0"), stack("127.0.0.1")), "CM004")
    assert finding.setting == "services.web.environment.BIND_ADDRESS"


def test_a_server_that_shares_its_network_may_listen_on_localhost(judged):
    def stack(host):
        return {
            "services": {
                "web": {"image": "x:1", "command": ["uvicorn", "a:b", "--host", host],
                        "ports": [{"target": 80, "published": "80"}]},
                "sidecar": {"image": "nginx:1.27", "network_mode": "service:web"},
            }
        }  # fmt: skip

    assert said(judged(stack("0.0.0.0"), stack("127.0.0.1")), "CM004") == []


def test_a_variable_of_an_unknown_program_is_not_its_number_of_workers(judged):
    report = judged(
        {"command": ["/start"]}, {"command": ["/start"], "environment": {"WEB_CONCURRENCY": "4"}}
    )
    assert said(report, "CM005") == []


def test_a_pod_that_runs_a_development_server_is_one_finding_with_both_commands(judged):
    pod = {"image": "x:1", "entrypoint": ["python3", "-m", "http.server"]}
    production = {"source": "kubernetes", "services": {"web": pod}}
    report = judged({"command": ["gunicorn", "shop.wsgi"]}, production)
    (finding,) = [
        f for f in report.findings if f.places[0].setting.endswith(("command", "entrypoint"))
    ]
    assert finding.rule == "CM002"
    assert [place.setting for place in finding.places] == [
        "services.web.entrypoint",
        "services.web.command",
    ]
    assert "python3" in finding.places[0].right
    assert "gunicorn" in finding.places[1].left
    assert "compose" not in finding.fix

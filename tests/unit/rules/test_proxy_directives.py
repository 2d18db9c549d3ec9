"""PX005 to PX009: what the tables of cases cannot say."""


def nginx(text):
    mount = {"type": "bind", "source": "/a", "target": "/etc/nginx/nginx.conf", "x-content": text}
    return {"image": "nginx:1", "volumes": [mount]}


def test_a_directive_is_shown_with_both_effective_values(judged):
    report = judged(nginx("server {\n client_max_body_size 20m;\n}\n"), nginx("server {\n}\n"))
    (finding,) = (f for f in report.findings if f.rule == "PX005")
    assert "20 MiB in local and 1 MiB in production" in finding.message
    assert (finding.places[0].left, finding.places[0].right) == ("20971520", "1048576")
    assert [f.rule for f in report.findings] == ["PX005"], "the file's content is claimed with it"


def test_several_directives_are_several_findings(judged):
    one = "server {\n client_max_body_size 2m; proxy_buffering off; gzip on;\n}\n"
    report = judged(nginx(one), nginx("server {\n}\n"))
    assert [f.rule for f in report.findings] == ["PX007", "PX005", "PX009"]

"""FS001 to FS006: what the tables of cases cannot say."""


def bind(target, source="/src"):
    return {"type": "bind", "source": source, "target": target}


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_folders_of_one_service_are_one_finding(judged):
    report = judged({"volumes": [bind("/app/src"), bind("/app/templates")]}, {})
    (finding,) = said(report, "FS001")
    assert "/app/src, /app/templates in local" in finding.message
    assert len(finding.places) == 2
    assert [f.rule for f in report.findings] == ["FS001"]


def test_a_mount_that_hides_packages_says_what_to_add(judged):
    body = {"volumes": [bind("/app")], "command": ["npm", "run", "dev"]}
    (finding,) = said(judged(body, {"command": ["npm", "start"]}), "FS002")
    assert finding.message.startswith("in local: the folder mounted at /app hides")
    assert '"/app/node_modules"' in finding.fix


def test_a_database_without_a_volume_names_the_side(judged):
    volume = {"type": "volume", "source": "d", "target": "/var/lib/postgresql/data"}
    one, two = {"image": "postgres:16", "volumes": [volume]}, {"image": "postgres:16"}
    assert "in production, and kept" in said(judged(one, two), "FS003")[0].message
    assert "in local, and kept" in said(judged(two, one), "FS003")[0].message

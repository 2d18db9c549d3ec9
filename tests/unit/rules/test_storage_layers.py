"""FS007 and FS008: what the tables of cases cannot say."""


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_memory_over_a_volume_speaks_of_both(judged):
    volume = {"volumes": [{"type": "volume", "source": "v", "target": "/srv/state"}]}
    (finding,) = said(judged({"tmpfs": ["/srv/state"]}, volume), "FS007")
    assert "/srv/state" in finding.message
    assert len(finding.places) == 2


def test_memory_for_scratch_is_nobody_s_business(judged):
    assert said(judged({"tmpfs": ["/tmp", "/run"]}, {}), "FS007") == []


def test_several_volumes_over_built_files_are_one_finding(judged):
    targets = ("/app/dist", "/app/public")
    mounts = [{"type": "volume", "source": t[1:], "target": t} for t in targets]
    (finding,) = said(judged({"volumes": mounts}, {}), "FS008")
    assert all(target in finding.message for target in targets)
    assert len(finding.places) == 2

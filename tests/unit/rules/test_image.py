"""IM001 to IM007: what the tables of cases cannot say."""


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_a_release_is_named_with_both_versions_and_a_tag_to_copy(judged):
    report = judged({"image": "postgres:16.2"}, {"image": "postgres:12-bookworm"})
    (finding,) = said(report, "IM001")
    assert "16 in local and 12 in production" in finding.message
    assert "`12-bookworm`" in finding.fix


def test_a_worse_word_on_one_tag_wins(judged):
    report = judged({"image": "postgres:16-alpine"}, {"image": "postgres:12"})
    rules = {f.rule for f in report.findings}
    assert len(rules & {"IM001", "IM005"}) == 1
    folded = {f.finding.rule for f in report.folded}
    assert (rules | folded) >= {"IM001", "IM005"}


def test_equal_images_say_nothing(judged):
    same = {"image": "postgres:16.2"}
    assert judged(same, same).findings == ()

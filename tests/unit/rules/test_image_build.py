"""IM008 to IM012: what the tables of cases cannot say."""


def test_a_built_image_claims_its_name_and_tag(judged):
    report = judged(
        {"image": "shop-dev:latest", "build": {"context": "/src"}}, {"image": "r.example/shop:1.4"}
    )
    assert [f.rule for f in report.findings] == ["IM008"]
    assert ".dockerignore" in report.findings[0].fix


def test_an_unknown_build_argument_is_left_to_the_general_rules(judged):
    sides = [{"image": None, "build": {"context": ".", "args": {"TITLE": t}}} for t in "ab"]
    assert [f.rule for f in judged(*sides).findings] == ["DF006"]

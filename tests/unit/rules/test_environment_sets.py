"""More on EN030 to EN032 than their tables say."""


def said(report, rule):
    return [finding for finding in report.findings if finding.rule == rule]


def test_53_knobs_are_one_finding_that_names_all_of_them(judged):
    knobs = {f"KNOB_{i}": "1" for i in range(53)}
    report = judged({"environment": {"A": "x"}}, {"environment": {"A": "x", **knobs}})
    assert [finding.rule for finding in report.findings] == ["EN030"]
    assert report.findings[0].message.startswith("53 variables of `web` are set only in production")
    assert len(report.findings[0].places) == 54


def test_the_larger_surplus_is_told(judged):
    left = {f"L{i}": str(i) for i in range(9)}
    right = {f"R{i}": str(i) for i in range(12)}
    (finding,) = said(judged({"environment": left}, {"environment": right}), "EN030")
    assert "12 variables" in finding.message


def test_a_renamed_secret_is_known_by_its_fingerprint(judged):
    report = judged(
        {"environment": {"STRIPE_API_KEY": "q7Jx0fPz4mNw8sLd"}},
        {"environment": {"STRIPE_SECRET_KEY": "q7Jx0fPz4mNw8sLd"}},
    )
    (finding,) = said(report, "EN031")
    assert finding.setting == "services.web.environment.STRIPE_SECRET_KEY"
    assert "q7Jx" not in str(report)


def test_each_name_is_paired_once(judged):
    same = "redis://cache:6379/0"
    report = judged(
        {"environment": {"REDIS_URI": same}},
        {"environment": {"REDIS_URL": same, "REDIS_DSN": same}},
    )
    assert len(said(report, "EN031")) == 1


def test_a_tag_that_is_no_version_says_nothing(judged):
    report = judged(
        {"image": "a:main", "environment": {"APP_VERSION": "1.2.3"}},
        {"image": "a:1.2.3", "environment": {"APP_VERSION": "1.2.3"}},
    )
    assert said(report, "EN032") == []

"""More on EN026 to EN029 than their tables say."""


def said(report, rule):
    return [finding for finding in report.findings if finding.rule == rule]


def test_mail_names_the_port_and_the_switch(judged):
    report = judged({}, {"environment": {"EMAIL_HOST": "smtp.example", "EMAIL_PORT": "587"}})
    (finding,) = said(report, "EN026")
    assert [place.setting.rpartition(".")[2] for place in finding.places] == [
        "EMAIL_USE_TLS",
        "EMAIL_PORT",
    ]
    assert finding.places[0].right == "unset"
    assert finding.fix == 'EMAIL_USE_TLS: "true"'


def test_what_is_wrong_on_both_sides_is_no_error(judged):
    body = {"environment": {"SMTP_HOST": "a.example", "SMTP_PORT": "465", "SMTP_SECURE": "false"}}
    (finding,) = said(judged(body, body), "EN026")
    assert finding.severity == "warning"
    assert finding.message.startswith("on both sides: ")


def test_an_encryption_that_is_none_is_none(judged):
    body = {
        "environment": {"MAIL_HOST": "a.example", "MAIL_PORT": "587", "MAIL_ENCRYPTION": "null"}
    }
    assert said(judged({}, body), "EN026")


def test_a_proxy_itself_needs_no_trust(judged):
    proxy = {
        "image": "nginx:1.27",
        "environment": {"PUBLIC_URL": "https://shop.example", "FORCE_HTTPS": "1"},
    }
    report = judged(
        {"services": {"proxy": {"image": "nginx:1.27"}}}, {"services": {"proxy": proxy}}
    )
    assert said(report, "EN028") == []


def test_a_star_in_a_json_list_allows_everything(judged):
    report = judged(
        {"environment": {"CORS_ORIGINS": '["*"]'}},
        {"environment": {"CORS_ORIGINS": '["https://shop.example"]'}},
    )
    assert said(report, "EN029")

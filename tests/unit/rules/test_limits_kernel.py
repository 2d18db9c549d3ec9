"""LM007 to LM013: what the tables of cases cannot say."""


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_soft_and_hard_are_told_in_one_line(judged):
    (finding,) = said(judged({}, {"ulimits": {"nofile": {"soft": 1024, "hard": 4096}}}), "LM007")
    assert "the engine's number in local and 1024 to 4096 in production" in finding.message


def test_only_the_hard_limit_differs(judged):
    sides = [{"ulimits": {"nofile": {"soft": 1024, "hard": hard}}} for hard in (4096, 8192)]
    (finding,) = said(judged(*sides), "LM007")
    assert finding.setting == "services.web.ulimits.nofile.hard"


def test_software_that_uses_shared_memory_is_told(judged):
    def message(image):
        (finding,) = said(judged({"image": image, "shm_size": "1gb"}, {"image": image}), "LM009")
        return finding.message

    assert message("selenium/standalone-chrome:4").endswith("this software uses it")
    assert message("redis:7").endswith("1 GiB in local and 64 MiB in production")

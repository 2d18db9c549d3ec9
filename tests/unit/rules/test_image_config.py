"""What the tables of cases do not show: an image's variables meet the rules of variables."""

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.IMAGE})


def side(name, **config):
    body = {"x-parity": {"facts": {"image-config": {"platform": "linux/amd64", **config}}}}
    return environment(name, body, layers=READ)


def test_a_time_zone_that_only_an_image_sets_is_found_by_the_rule_of_time_zones(catalogue):
    local = side("local", env={"TZ": "Europe/Budapest"})
    report = judge(local, side("production"), catalogue)
    (finding,) = [one for one in report.findings if one.setting == "services.web.environment.TZ"]
    assert finding.rule == "LO001"
    assert finding.layer is Layer.IMAGE


def test_images_that_say_the_same_are_no_finding(catalogue):
    both = (side(name, env={"TZ": "UTC"}, user="app") for name in ("local", "production"))
    assert judge(*both, catalogue).findings == ()

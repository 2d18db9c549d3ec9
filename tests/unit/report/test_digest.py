"""The table of what differs in kind."""

from dataclasses import replace

import pytest

from parity.model.finding import Finding, Place, Severity
from parity.report.digest import AREAS, area_of, digest, only, path_of, unpaired


def report_of(clean, *places):
    made = Finding("EN001", "environment.x", Severity.INFO, "It differs.", "", "web", places)
    return replace(clean, findings=(made,))


def rows(report):
    return {
        row.area: (len(row.only_left), len(row.only_right), len(row.both)) for row in digest(report)
    }


def test_the_shop_differs_in_these_areas(shop):
    assert rows(shop) == {
        "services": (1, 1, 0),
        "images": (0, 0, 1),
        "environment": (0, 1, 3),
        "ports": (0, 0, 1),
        "limits": (0, 1, 0),
        "health checks": (0, 1, 0),
    }


def test_nothing_found_is_no_table(clean):
    assert digest(clean) == []


def test_folded_differences_are_not_in_the_table(shop):
    assert digest(replace(shop, findings=())) == []


def test_unpaired_services_come_first_and_are_named_by_side(shop, clean):
    row = digest(shop)[0]
    assert (row.area, row.examples) == ("services", [])
    assert unpaired(shop) == (["mailhog"], ["worker"])
    assert unpaired(clean) == ([], [])


def test_variables_are_named_and_elsewhere_services(shop):
    named = {row.area: row.examples for row in digest(shop)}
    assert named["environment"] == ["SMTP_USER", "JAVA_OPTS", "DATABASE_URL", "TZ"]
    assert named["images"] == ["db"]


def test_a_setting_of_two_findings_counts_once(clean):
    both = Place("services.web.environment.TZ", "unset", "UTC")
    report = report_of(clean, both)
    report = replace(report, findings=report.findings * 2)
    assert rows(report) == {"environment": (0, 1, 0)}


def test_a_setting_that_is_shown_but_alike_does_not_count(clean):
    alike = Place("services.web.deploy.replicas", "2", "2")
    other = Place("services.web.environment.POOL", "5", "50")
    assert rows(report_of(clean, other, alike)) == {"environment": (0, 0, 1)}


def test_a_whole_beside_its_parts_does_not_count(clean):
    whole = Place("services.web.environment", "A: 1", "A: 1, B: 2")
    part = Place("services.web.environment.B", "unset", "2")
    assert rows(report_of(clean, whole, part)) == {"environment": (0, 1, 0)}
    assert rows(report_of(clean, whole)) == {"environment": (0, 0, 1)}


@pytest.mark.parametrize(
    ("left", "right", "side"),
    [
        ("unset", "x", "right"),
        ("x", "unset", "left"),
        ("unset -> 64 MiB (engine default)", "x", "right"),
        ("unset -> a", "unset -> b", ""),
        ("x", "y", ""),
        ("unsettled", "y", ""),
    ],
)
def test_the_side_that_alone_sets_it(left, right, side):
    assert only(Place("services.web.shm_size", left, right)) == side


@pytest.mark.parametrize(
    ("setting", "area"),
    [
        ("services.web", "services"),
        ("services.web.image.tag", "images"),
        ("services.web.deploy.replicas", "replicas"),
        ("services.web.deploy.resources.limits.memory", "limits"),
        ('services.web.environment["a.b"]', "environment"),
        ("services.web.depends_on.db.condition", "start and stop"),
        ("services.web.something_new", "other settings"),
        ("networks.default.driver", "network"),
        ("volumes.data.driver", "mounts and files"),
        ("ingress.shop", "other settings"),
        ("", "other settings"),
    ],
)
def test_areas(setting, area):
    assert area_of(path_of(setting)) == area


def test_what_is_no_path_is_one_part():
    assert path_of("][") == ("][",)


def test_no_field_belongs_to_two_areas():
    fields = [name for _, names in AREAS for name in names.split()]
    assert len(fields) == len(set(fields))

"""Many environments, from their files to the record."""

import pytest

from parity.actions import matrix as action
from parity.actions.matrix import compare_all, matrix
from parity.config.load import load
from parity.errors import UsageError
from parity.model.environment import Environment, Place
from parity.model.finding import Why
from parity.model.progress import silent
from parity.model.project import Project
from parity.model.setting import Layer
from parity.paths import ProjectPaths

SECRET = "hunter2hunter2hunter2abcd"


def text(zone="UTC", secret=SECRET, image="shop/web:1"):
    return (
        f"services:\n  web:\n    image: {image}\n    environment:\n"
        f"      TZ: {zone}\n      API_KEY: {secret}\n"
    )


@pytest.fixture
def shop(tmp_path):
    def make(**files):
        lines = ["[environments.x]"]
        lines = [f'[environments.{name}]\nfiles = ["{name}.yaml"]' for name in files]
        (tmp_path / "parity.toml").write_text("\n".join(lines))
        for name, content in files.items():
            (tmp_path / f"{name}.yaml").write_text(content)
        paths = ProjectPaths(tmp_path)
        return paths, load(paths)

    return make


@pytest.fixture
def several(tmp_path):
    def make(*environments, **options):
        return compare_all(ProjectPaths(tmp_path), Project(), environments, **options)

    return make


def one(name, place=None, **service):
    body = {"image": "shop/web:1", **service}
    return Environment(name, "compose", (), {"services": {"web": body}}, place=place)


def test_the_odd_one_out_with_the_worst_finding(shop):
    made = shop(a=text(), b=text(zone="Europe/Berlin"), c=text())
    found = matrix(*made, ["a", "b", "c"], silent)
    assert found.standing_out == [("b", 1)]
    row = next(row for row in found.rows if row.path == ("environment", "TZ"))
    assert (row.finding.rule, row.odd) == ("LO001", ("b",))
    assert "b" in row.between
    assert SECRET not in repr(found)


def test_equal_environments_have_no_row(several):
    found = several(one("a"), one("b"), one("c"))
    assert found.rows == ()
    assert found.folded == ()
    assert [info.name for info in found.sides] == ["a", "b", "c"]


def test_what_is_expected_is_folded_with_its_reason(several):
    found = several(*(one(name, hostname=name) for name in "abc"))
    assert found.rows == ()
    assert [(row.path, row.why) for row in found.folded] == [(("hostname",), Why.EXPECTED)]
    assert found.folded[0].reason


def test_a_finding_of_a_pair_without_the_centre_counts(several):
    """`4` and `five` differ in type; the centre has neither."""
    values = ["4", "", "", "five"]
    made = [one(n, environment={"WORKERS": v}) for n, v in zip("abcd", values, strict=True)]
    found = several(*made)
    assert found.comparisons == 3
    (row,) = found.rows
    assert len(row.groups) == 3


def test_services_that_the_centre_lacks_are_judged_among_themselves(several):
    def two(name, user):
        made = one(name)
        job = {"image": "x/job:1", "environment": {"TZ": user}}
        return Environment(name, "compose", (), {"services": {**made.services, "job": job}})

    found = several(two("a", "UTC"), two("b", "Europe/Berlin"), one("c"), one("d"))
    settings = {row.setting for row in found.rows}
    assert "services.job.environment.TZ" in settings
    assert "services.job" in settings


def test_the_same_of_several_services_is_one_row(several):
    def both(name, zone):
        body = {"image": "shop/web:1", "environment": {"TZ": zone}}
        return Environment(name, "compose", (), {"services": {"web": body, "worker": body}})

    found = several(both("a", "UTC"), both("b", "UTC"), both("c", "Europe/Berlin"))
    assert [row.services for row in found.rows if row.path[-1] == "TZ"] == [("web", "worker")]


def test_one_service_alone(several):
    def both(name, zone):
        body = {"image": "shop/web:1", "environment": {"TZ": zone}}
        return Environment(name, "compose", (), {"services": {"web": body, "worker": body}})

    found = several(both("a", "UTC"), both("b", "Europe/Berlin"), services=frozenset({"web"}))
    assert {row.service for row in found.rows} == {"web"}
    with pytest.raises(UsageError, match="no service called `nope`"):
        several(one("a"), one("b"), services=frozenset({"nope"}))


def test_one_secret_in_two_environments_is_told_but_not_of_containers_of_one(several):
    def secret(name, place=None):
        return one(name, place, environment={"API_KEY": SECRET})

    assert [f.rule for f in several(secret("a"), secret("b")).findings] == ["EN033"]
    where = Place("", "shop")
    assert several(secret("a", where), secret("b", where)).findings == ()


def test_the_work_grows_with_their_number(several, monkeypatch):
    calls = []
    compare = action.compare

    def counted(*sides, **options):
        calls.append(1)
        return compare(*sides, **options)

    monkeypatch.setattr(action, "compare", counted)
    made = [one(f"e{n}", environment={"TZ": f"Etc/GMT+{n % 12}"}) for n in range(60)]
    found = several(*made)
    assert len(calls) <= 59 + 20
    assert found.comparisons <= 10
    assert len(found.rows[0].groups) == 12


def test_layers_that_some_lack_are_noted(several):
    other = Environment("b", "compose", (), one("b").document, layers=frozenset(Layer))
    found = several(one("a"), other)
    assert found.notes[0] == "the layer `image` was not read in a"


def test_layers_are_read_of_each(shop, monkeypatch):
    asked = []

    def with_layers(environment, layers, progress, *, base):
        asked.append((environment.name, set(layers)))
        return environment

    monkeypatch.setattr(action, "with_layers", with_layers)
    matrix(*shop(a=text(), b=text()), ["a", "b"], silent, layers=frozenset({Layer.IMAGE}))
    assert sorted(asked) == [("a", {Layer.IMAGE}), ("b", {Layer.IMAGE})]


def test_two_files_of_one_name_are_told_apart(shop, tmp_path, monkeypatch):
    made = shop(a=text())
    monkeypatch.chdir(tmp_path)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "compose.yaml").write_text(text())
    found = matrix(*made, ["one/compose.yaml", "two/compose.yaml", "a"], silent)
    assert [info.name for info in found.sides] == ["one/compose.yaml", "two/compose.yaml", "a"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a"], "1 are named"),
        (["a"] * 2, "a is named twice"),
        (list(map(str, range(101))), "101 are named"),
        (["a", "local"], "`local` is no environment"),
    ],
)
def test_what_makes_no_matrix_is_refused(shop, names, message):
    with pytest.raises(UsageError, match=message):
        matrix(*shop(a=text()), names, silent)

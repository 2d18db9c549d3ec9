"""Real definitions: each loads with every field accounted for, or is refused for a reason."""

import copy
import json
import random
import re
import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from parity import compose_cli
from parity.errors import ParityError, UnreachableError
from parity.model.document import leaves, map_strings, put, show
from parity.sources import cloudrun, kubernetes
from parity.sources.contract import Request
from parity.sources.k8s.objects import objects
from parity.sources.k8s.translate import translate
from parity.sources.ledger import UNKNOWN_FIELD
from parity.sources.yaml_tree import Tree, read

CORPUS = Path(__file__).parents[3] / ".." / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")
SUFFIXES = (".yaml", ".yml", ".json")
REFUSALS = re.compile(
    r"a template|a (?:JSON )?patch|kustomiz|Component|no Kubernetes object|not YAML|is there twice"
    r"|must be a table|an object without metadata\.name"
)
"""What is a template, a patch, broken, or no Kubernetes at all."""


def files(*folders):
    found = [file for folder in folders for file in sorted((CORPUS / folder).rglob("*"))]
    return [file for file in found if file.suffix in SUFFIXES and file.is_file()]


def manifests():
    outputs = [file for file in files("oracle/pairs") if file.name.endswith(".k8s.yaml")]
    plain = [f for f in files("kubernetes", "pairs", "cloudrun") if f.stem != "kustomization"]
    return plain + outputs


def request(file):
    return Request("prod", file.parent, files=(file.name,))


@cache
def outcomes():
    """Each manifest's environment, or why it was refused."""
    found = {}
    for file in manifests():
        try:
            found[file] = kubernetes.start(request(file)).result()
        except ParityError as error:
            found[file] = error
    return found


def loaded():
    return {f: e for f, e in outcomes().items() if not isinstance(e, ParityError)}


def test_every_manifest_loads_or_is_refused_for_a_reason():
    refused = {f: e for f, e in outcomes().items() if isinstance(e, ParityError)}
    odd = {f"{f}: {e.message}" for f, e in refused.items() if not REFUSALS.search(e.message)}
    assert odd == set()
    assert all(str(file.resolve()) in error.where for file, error in refused.items())
    assert len(loaded()) > 450


def test_what_has_objects_is_not_refused():
    """No refusal without a look: a file that only holds whole objects always loads."""
    for file, outcome in outcomes().items():
        if isinstance(outcome, ParityError) and "apiVersion and kind" in outcome.message:
            text = file.read_text(errors="replace")
            starts = [
                part for part in re.split(r"^---\s*$", text, flags=re.MULTILINE) if part.strip()
            ]
            with_both = [
                s for s in starts if "apiVersion:" in s and re.search("^kind:", s, re.MULTILINE)
            ]
            assert len(with_both) < len(starts), file


def test_no_field_is_unaccounted_for():
    unknown = Counter(
        f"{file.name} {loss.path}"
        for file, environment in loaded().items()
        for loss in environment.losses
        if loss.reason == UNKNOWN_FIELD
    )
    assert unknown == Counter()


def translated(trees):
    things = [thing for tree in trees for thing in objects(tree)]
    return things, translate("prod", "kubernetes", (), things, frozenset())


def test_each_leaf_has_one_fate():
    total = 0
    for file in loaded():
        things, environment = translated(read(file))
        for thing in things:
            account = thing.ledger.account()
            paths = [*account.taken, *account.structure, *account.lost, *account.unknown]
            assert len(paths) == len(set(paths)) == sum(1 for _ in leaves(thing.ledger.data))
            total += len(paths)
        assert environment.services is not None
    assert total > 10_000


def said(environment):
    """All that an environment tells of its definition."""
    losses = [(loss.path, loss.value, loss.reason) for loss in environment.losses]
    told = [environment.document, losses, dict(environment.values), environment.unset]
    return json.dumps(told, sort_keys=True)


def other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    return {"a": "b"} if value == {} else ["x"]


def test_no_field_that_counts_as_read_was_dropped():
    """One leaf is changed at a time: something of the result must change with it."""
    chance = random.Random(3)
    chosen = chance.sample(sorted(f for f, e in loaded().items() if e.services), 40)
    unseen, tried = [], 0
    for file in chosen:
        trees = read(file)
        things, environment = translated(trees)
        before = said(environment)
        structure = {(t.ledger.name, p) for t in things for p in t.ledger.account().structure}
        rows = [(n, p, v) for n, tree in enumerate(trees) for p, v in leaves(tree.data)]
        for number, path, value in chance.sample(rows, min(len(rows), 40)):
            name, inner = within(trees[number].data, path)
            if value is None or (name, inner) in structure:
                continue
            changed = copy.deepcopy(trees[number].data)
            put(changed, path, other(value))
            tried += 1
            tree = Tree(trees[number].file, changed, 1, trees[number].marks)
            try:
                _, after = translated([*trees[:number], tree, *trees[number + 1 :]])
            except ParityError:
                continue
            if said(after) == before:
                unseen.append(f"{file.name} {name} {show(inner)}")
    assert unseen == []
    assert tried > 500


def within(data, path):
    """The object of a leaf and the path within it."""
    inner = path
    if path[0] == "items":
        data, inner = data["items"][path[1]], path[2:]
    metadata = data.get("metadata") or {}
    return f"{data.get('kind')}/{metadata.get('name')}", inner


def test_docker_compose_takes_the_documents_as_they_are(tmp_path):
    try:
        compose_cli.executable()
    except UnreachableError:
        pytest.skip("Docker Compose is not installed")
    running = {}
    for number, (file, environment) in enumerate(loaded().items()):
        if environment.services and number % 12 == 0:
            copied = tmp_path / f"{number}.json"
            escaped = map_strings(environment.document, lambda text: text.replace("$", "$$"))
            copied.write_text(json.dumps(escaped))
            arguments = ["--file", str(copied), "config", "--format", "json"]
            running[file] = compose_cli.read(arguments, env={}, cwd=tmp_path)
    assert len(running) > 20
    for file, process in running.items():
        done = process.result(timeout=60)
        assert done.ok, f"{file}: {done.stderr}"
        printed = map_strings(json.loads(done.stdout), lambda text: text.replace("$$", "$"))
        for name, service in loaded()[file].services.items():
            ours = {key: value for key, value in service.items() if not key.startswith("x-")}
            theirs = {key: printed["services"][name].get(key) for key in ours}
            assert theirs == ours, file


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_kustomizations_are_built_or_kubectl_says_why():
    folders = [f.parent for f in files("kubernetes", "pairs") if f.stem == "kustomization"][::6]
    readings = []
    for folder in folders:
        readings.append((folder, kubernetes.start(request(folder))))
        if len(readings) % 4 == 0:
            check_built(readings[-4:])
    assert len(readings) > 20


def check_built(readings):
    for folder, reading in readings:
        try:
            environment = reading.result()
        except ParityError as error:
            assert re.search(r"cannot build|Component", error.message), folder
        else:
            assert UNKNOWN_FIELD not in {loss.reason for loss in environment.losses}, folder


def test_every_cloud_run_service_of_the_corpus_is_one():
    services, without = 0, set()
    for file in files("cloudrun"):
        try:
            environment = cloudrun.start(request(file)).result()
        except ParityError as error:
            assert REFUSALS.search(error.message), file
            continue
        services += len(environment.services)
        if not environment.services:
            without.add(file.name)
        assert UNKNOWN_FIELD not in {loss.reason for loss in environment.losses}
    assert services > 20
    assert without == {"parallel.yaml", "github-source.yaml", "100-create-sequence.yaml"}

"""What `parity init` says that it guessed."""

from parity.actions.init_guesses import built_here, guesses
from parity.actions.orchestrated import Definition, Found

ALONE = "services: {web: {image: acme/web}}\n"
PART = "services: {web: {restart: always}}\n"
BUILT = "services: {web: {build: ., profiles: [a, b]}, db: {image: x/db, profiles: [b]}}\n"


def at(root, name, text=ALONE, kind="compose", variant=""):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)
    return Found(kind, root / name, variant)


def test_of_an_environment(tmp_path):
    base = at(tmp_path, "compose.yaml", BUILT)
    example = tmp_path / "env.example"
    one = Definition("prod", "compose", (base.file,), (base.file,), "", (example,), ("b",))
    assert built_here([one]) == ("web",)
    assert guesses(tmp_path, [base], [one]) == [
        "prod: variables have the values of env.example, an example",
        "prod: the profile `b` is active, as nothing runs without one",
        "built here, as no registry has their images: web",
    ]


def test_a_cluster_builds_nothing(tmp_path):
    base = at(tmp_path, "k8s/web.yaml", BUILT, "kubernetes")
    one = Definition("prod", "kubernetes", (base.file,), (base.file,))
    assert built_here([one]) == built_here([]) == ()
    assert guesses(tmp_path, [base], [one]) == []


def test_a_definition_that_nothing_can_run(tmp_path):
    base = at(tmp_path, "compose.yaml", PART)
    one = Definition("prod", "compose", (base.file,), (base.file,))
    assert guesses(tmp_path, [base], [one]) == [
        "prod: nothing gives web an image, so this can be compared and not run"
    ]
    base.file.write_text("include: [a.yaml]\n" + PART)
    assert guesses(tmp_path, [base], [one]) == []


def test_parts_and_other_projects_are_left_out_and_named(tmp_path):
    base = at(tmp_path, "a/compose.yaml")
    found = [
        base,
        at(tmp_path, "a/compose.nginx.yaml", PART, variant="nginx"),
        at(tmp_path, "a/compose.test.yaml", PART, variant="test"),
        at(tmp_path, "a/compose.alone.yaml", ALONE, variant="alone"),
        at(tmp_path, "b/compose.yaml"),
        at(tmp_path, "b/compose.prod.yaml", variant="prod"),
        at(tmp_path, "a/deeper/compose.yaml"),
        at(tmp_path, "k8s/prod/kustomization.yaml", kind="kubernetes"),
        at(tmp_path, "k9s/prod/kustomization.yaml", "kind: Component\n", "kubernetes"),
        at(tmp_path, "k8s/base/kustomization.yaml", kind="kubernetes"),
    ]
    one = Definition("prod", "compose", (base.file,), (base.file,))
    assert guesses(tmp_path, found, [one]) == [
        "left out, as they are parts to choose from: a/compose.nginx.yaml",
        "left out, as other projects: b, k8s/prod (`parity -C FOLDER init` for one)",
    ]


def test_many_are_counted(tmp_path):
    base = at(tmp_path, "a/compose.yaml")
    found = [base, *(at(tmp_path, f"b{number}/compose.yaml") for number in range(7))]
    one = Definition("prod", "compose", (base.file,), (base.file,))
    assert "b0, b1, b2, b3, b4 and 2 more" in guesses(tmp_path, found, [one])[0]


def test_a_chart_is_named_once(tmp_path):
    found = [at(tmp_path, f"charts/n8n/{name}", "", "helm") for name in ("Chart.yaml", "charts/sub/Chart.yaml")]  # fmt: skip
    assert guesses(tmp_path, found, []) == [
        "the chart charts/n8n is not rendered: `helm template charts/n8n > rendered.yaml` gives manifests"
    ]

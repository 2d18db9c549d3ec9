"""States that parity.toml declares: built once, again when an input changed, and never by halves."""

import uuid

import pytest

pytestmark = pytest.mark.engine


@pytest.fixture
def declared(project):
    made = project("declared")
    # States belong to a project, wherever it lies: other tests have their own.
    made.edit("parity.toml", 'name = "declared"', f'name = "declared{uuid.uuid4().hex[:6]}"')
    yield made
    made.parity("down", "--volumes")
    for state in made.json("states")["states"]:
        made.parity("drop", "--force", state["id"])


def rows(declared) -> list[str]:
    query = ["psql", "-U", "postgres", "-d", "shop", "-Atc", "SELECT text FROM notes ORDER BY 1"]
    return declared.parity("exec", "db", *query).stdout.split()


def states(declared) -> dict[str, str]:
    return {state["name"]: state["id"] for state in declared.json("states")["states"]}


def forks(declared) -> list[dict]:
    return declared.json("forks")["forks"]


def test_a_declared_state_is_built_once_and_again_when_an_input_changed(declared):
    declared.parity("reset", "seeded")
    assert rows(declared) == ["first", "second"]
    first = states(declared)
    assert set(first) == {"schema", "seeded"}
    assert (declared.root / "built.txt").read_text() == "built\n"
    assert forks(declared) == []

    declared.parity("exec", "db", "psql", "-U", "postgres", "-d", "shop", "-c", "DROP TABLE notes")
    declared.parity("reset", "seeded")
    assert rows(declared) == ["first", "second"]
    assert states(declared) == first, "nothing was built again"

    declared.edit("seeds/notes.sql", "'second'", "'third'")
    declared.parity("reset", "seeded")
    assert rows(declared) == ["first", "third"]
    second = states(declared)
    assert second["schema"] == first["schema"], "its inputs are what they were"
    assert second["seeded"] != first["seeded"]
    assert len(declared.json("states")["states"]) == 2, "what was replaced is gone"

    (declared.root / "schema.sql").write_text("CREATE TABLE notes (text text, more int);\n")
    declared.parity("fork", "mine", "--from", "seeded")
    third = states(declared)
    assert not {*third.values()} & {*first.values(), *second.values()}, "both were built anew"
    declared.parity("down", "--fork", "mine")


def test_a_failed_step_is_named_and_leaves_nothing(declared):
    (declared.root / "seeds" / "notes.sql").write_text("INSERT INTO nothing VALUES (1);\n")
    done = declared.parity("reset", "seeded", check=False)
    assert done.returncode == 1
    assert "step 1 of seeded" in done.stderr
    assert 'relation "nothing" does not exist' in done.stderr
    assert set(states(declared)) == {"schema"}
    assert forks(declared) == []


def test_the_fork_of_a_failed_step_is_kept_on_request(declared):
    (declared.root / "schema.sql").write_text("CREATE TABLE notes (text text); SELECT 1/0;\n")
    done = declared.parity("reset", "schema", "--keep", check=False)
    assert done.returncode == 1
    assert "division by zero" in done.stderr
    kept = forks(declared)[0]
    assert kept["stack"] in done.stderr
    assert kept["owner"] is None
    found = declared.parity(
        "-p", kept["stack"], "exec", "db", "psql", "-U", "postgres", "-d", "shop", "-c", r"\d"
    )
    assert "notes" in found.stdout
    declared.parity("gc")
    assert forks(declared) == [kept], "it is the user's now"
    declared.parity("down", "--fork", kept["name"])


def test_a_declared_name_is_not_saved_over(declared):
    declared.parity("up")
    done = declared.parity("save", "seeded", "--replace", check=False)
    assert done.returncode == 2
    assert "declared in parity.toml" in done.stderr
    assert states(declared) == {}


def test_two_processes_build_a_state_once(declared):
    declared.parity("up")
    both = [declared.start("fork", name, "--from", "schema") for name in ("one", "two")]
    for each in both:
        out, said = each.communicate(timeout=240)
        assert each.returncode == 0, said
    assert len(declared.json("states")["states"]) == 1
    for name in ("one", "two"):
        declared.parity("down", "--fork", name)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('service = "db", input', 'service = "nothing", input', "no service"),
        ('input = "schema.sql"', 'input = "gone.sql"', "gone.sql"),
        ('inputs = ["seeds/*.sql"]', 'inputs = ["seeds/*.txt"]', "no file matches"),
        ('services = ["db"]', 'services = ["nothing"]', "no service"),
        ('begin = "schema"', 'begin = "gone"', "there is no state `gone`"),
    ],
)
def test_what_cannot_be_built_is_refused_before_anything_is_made(declared, client, old, new, said):
    declared.edit("parity.toml", old, new)
    name = "schema" if "schema.sql" in old or "services" in old or "service =" in old else "seeded"
    done = declared.parity("reset", name, check=False)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    labels = {"label": f"dev.parity.worktree={declared.root.resolve()}"}
    assert client.containers.list(all=True, filters=labels) == []

"""What holds for the whole package and can be decided by a machine."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "parity"
MODULES = sorted(PACKAGE.rglob("*.py"))
GATEWAY = "stack/gateway_image/"
PRINTS = {"cli/output.py", f"{GATEWAY}gateway/record.py"}
PROCESSES = {"process.py", f"{GATEWAY}gateway/netns.py"}
STORE = f"{GATEWAY}store/"
"""The agent runs in a container of its own, where it copies, packs and mounts."""
CATCHES_ALL = {"cli/main.py"}

WITHOUT_TEST = {
    "__main__.py": "two lines; the command line's tests run it",
    "cli/options.py": "declarations; each verb's tests use them",
    "model/lock.py": "records without logic",
    "model/project.py": "records without logic; config/test_load.py reads all of them",
    "probes/contract.py": "records without logic",
    "probes/database/contract.py": "records without logic",
    "stack/context.py": "records without logic",
    "actions/up.py": "needs an engine: tests/engine",
    "actions/create.py": "needs an engine: tests/engine; its files are in test_canaries.py",
    "actions/start.py": "needs an engine: tests/engine",
    "actions/mutex.py": "needs two processes: tests/engine/test_up.py",
    "actions/request.py": "records without logic",
    "actions/egress.py": "needs an engine: tests/engine",
}
COVERED_TOGETHER = {
    "cli/commands/": "cli/test_main.py runs every verb through the command line",
    "cli/state.py": "cli/test_main.py",
    GATEWAY: "tested in a folder of its own, which lists what it leaves to the engine",
}


def place(file):
    return file.relative_to(PACKAGE).as_posix()


def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def tracked():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name]


def texts():
    for file in tracked():
        try:
            yield file, file.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue


@pytest.fixture(scope="module")
def trees():
    return {place(file): tree(file) for file in MODULES}


def test_every_module_says_what_it_is(trees):
    assert [name for name, module in trees.items() if not ast.get_docstring(module)] == []


def calls(module, name):
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(module)
    )


def imports(module):
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def test_only_one_module_prints(trees):
    found = {name for name, module in trees.items() if calls(module, "print")}
    written = {
        name
        for name, module in trees.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr == "write"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr in ("stdout", "stderr")
    }
    assert found <= PRINTS
    assert written <= PRINTS | {"process.py"}, "process.py echoes commands with PARITY_DEBUG"


def test_only_one_module_starts_processes(trees):
    found = {name for name, module in trees.items() if "subprocess" in imports(module)}
    assert {name for name in found if not name.startswith(STORE)} <= PROCESSES
    for name in ("os.system", "os.popen", "os.exec"):
        assert [m for m in MODULES if f"{name}(" in m.read_text()] == []


def test_only_the_command_line_catches_everything(trees):
    def too_wide(handler):
        names = [handler.type] if not isinstance(handler.type, ast.Tuple) else handler.type.elts
        return any(
            name is None or (isinstance(name, ast.Name) and name.id == "Exception")
            for name in names
        )

    found = {
        name
        for name, module in trees.items()
        for node in ast.walk(module)
        if isinstance(node, ast.ExceptHandler) and too_wide(node)
    }
    assert {name for name in found if not name.startswith(GATEWAY)} <= CATCHES_ALL


def test_no_module_keeps_state(trees):
    def is_container(value):
        kinds = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
        made = isinstance(value, ast.Call) and getattr(value.func, "id", "") in (
            "list",
            "dict",
            "set",
        )
        return isinstance(value, kinds) or made

    found = []
    for name, module in trees.items():
        for node in module.body:
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            if (
                isinstance(node, (ast.Assign, ast.AnnAssign))
                and node.value
                and is_container(node.value)
            ):
                found += [
                    f"{name}: {target.id}"
                    for target in targets
                    if isinstance(target, ast.Name) and target.id != target.id.upper()
                ]
        found += [f"{name}: global" for node in ast.walk(module) if isinstance(node, ast.Global)]
    assert found == []


def test_imports_across_sub_packages_are_absolute(trees):
    found = [
        f"{name}: {imported}"
        for name, module in trees.items()
        for imported in imports(module)
        if imported.startswith(".") and not name.startswith(GATEWAY)
    ]
    assert found == []


def test_no_image_is_named_by_the_tag_latest():
    tag = ":lat" + "est"
    reference = re.compile(rf"(?:image:|FROM|--build-arg|docker (?:pull|run))[^\n#]*{tag}\b")
    # The rules on moving tags speak of it, and so do their cases.
    found = [str(file) for file, text in texts() if reference.search(text)]
    spoken_of = ("parity/rules/", "tests/cases/", "tests/unit/rules/", "docs/rules/")
    assert [file for file in found if not any(part in file for part in spoken_of)] == []


def test_no_file_names_a_developers_folder():
    path = re.compile(
        r"/(?:home|Users)/(?!(?:user|vscode|node|app|nobody|ada|somebody)\b)[a-z][a-z0-9._-]+/"
    )
    found = [f"{file}: {path.search(text)[0]}" for file, text in texts() if path.search(text)]
    assert found == []


def verbs():
    source = (PACKAGE / "cli" / "main.py").read_text()
    # Hidden ones are further names of others.
    pattern = r'app\.(?:command\(\s*|add_typer\([\w.]+, name=)"([\w-]+)"(?!, hidden)'
    return re.findall(pattern, source)


def test_every_verb_has_its_files():
    found = verbs()
    assert len(found) == len(set(found)) > 5
    for verb in found:
        command = "exec_" if verb == "exec" else verb.replace("-", "_")
        assert (PACKAGE / "cli" / "commands" / f"{command}.py").is_file(), verb
        others = {"exec": "compose", "logs": "compose", "config": "resolve", "state": "state_ship"}
        others["forks"] = "fork"
        action = others.get(verb, command)
        # A front end that goes on for as long as the user wants is a package of its own.
        own = (PACKAGE / action / "__init__.py").is_file()
        assert own or (PACKAGE / "actions" / f"{action}.py").is_file(), verb


def test_every_command_file_is_a_verb():
    files = {file.stem for file in (PACKAGE / "cli" / "commands").glob("*.py")} - {"__init__"}
    assert files == {"exec_" if verb == "exec" else verb.replace("-", "_") for verb in verbs()}


def has_test(name):
    folder, _, stem = name.rpartition("/")
    return (ROOT / "tests" / "unit" / folder / f"test_{stem}").is_file()


def test_every_module_has_its_test_or_a_reason():
    wanted = [
        place(file)
        for file in MODULES
        if file.name != "__init__.py" and not place(file).startswith(tuple(COVERED_TOGETHER))
    ]
    assert [name for name in wanted if not has_test(name) and name not in WITHOUT_TEST] == []
    assert [name for name in WITHOUT_TEST if has_test(name) or not (PACKAGE / name).is_file()] == []


def loaded(code):
    program = f"import sys; sys.argv = ['parity', '--help']\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30
    )
    return set(done.stdout.splitlines())


def test_importing_the_package_imports_nothing_else():
    assert {name for name in loaded("import parity") if name.startswith("parity")} == {"parity"}


def test_help_loads_nothing_heavy():
    code = "import parity.cli.main as m\ntry:\n    m.main()\nexcept SystemExit:\n    pass"
    modules = loaded(code)
    assert "parity.cli.main" in modules
    own = {name for name in modules if name.startswith("parity.")}
    beyond = {name for name in own if not name.startswith("parity.cli")}
    assert beyond <= {"parity.errors", "parity.model", "parity.model.progress"}
    assert (
        modules & {"docker", "pydantic", "yaml", "watchdog", "trustme", "dotenv", "requests"}
        == set()
    )

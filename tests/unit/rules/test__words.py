import pytest

from parity.diff.compare import side
from parity.rules import _words as words
from scripts.lib.cases import environment


def service(**body):
    return side(environment("here", body)).services["web"]


def test_scripts_of_a_shell_are_split_into_their_words():
    given = ["sh", "-c", "migrate && serve --name 'a b'; tail"]
    assert words.argv(given) == ("sh", "-c", "migrate", "&&", "serve", "--name", "a b", ";", "tail")


def test_a_script_with_an_open_quote_is_split_all_the_same():
    assert words.argv(["sh", "-c", "echo 'oops now"]) == ("sh", "-c", "echo", "'oops", "now")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (("a", "--host", "x"), "x"),
        (("a", "--host=y"), "y"),
        (("a", "-b", "z"), "z"),
        (("a", "--host", "x", "--host=y"), "y"),
        (("a", "--host"), ""),
        (("a", "--host", "--debug"), ""),
        (("a", "--hostname=x"), None),
    ],
)
def test_options(given, wanted):
    assert words.option(given, "--host", "-b") == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["sh", "-c", "run it"], "run it"),
        (["/bin/bash", "-lc", "run"], "run"),
        (["python", "-c", "print(1)"], None),
        (["sh", "start.sh"], None),
    ],
)
def test_scripts(given, wanted):
    assert words.script(given) == wanted


@pytest.mark.parametrize(
    "command",
    [
        "python manage.py runserver_plus 0.0.0.0:80", "flask --app shop run", "npx next dev -p 80",
        "npm run dev", "yarn dev", "pnpm run dev:web", "nodemon x.js", "npx vite --host", "ng serve",
        "node --watch x.js", "php artisan serve", "php -S 0.0.0.0:80", "go run .", "./mvnw spring-boot:run",
        "sh -c 'x && npm run watch'", "python -m http.server",
    ],
)  # fmt: skip
def test_development_servers(command):
    import shlex

    assert words.development_server(service(command=shlex.split(command)))


@pytest.mark.parametrize(
    "command",
    [
        "gunicorn shop.wsgi", "node server.js", "npm start", "next start", "npx vite build", "vite preview",
        "npm run devices", "nginx -g 'daemon off;'", "python manage.py migrate", "flask db upgrade",
        "php-fpm", "rails server", "java -jar app.jar",
    ],
)  # fmt: skip
def test_servers_that_are_none(command):
    import shlex

    assert words.development_server(service(command=shlex.split(command))) == ""


def test_a_check_is_the_same_question_with_and_without_a_shell():
    plain = words.question(("CMD", "curl", "-f", "http://localhost/"))
    assert words.question(("CMD-SHELL", "curl -f http://localhost/ || exit 1")) == plain
    assert words.question(("CMD-SHELL", "pg_isready")) == ("pg_isready",)


def test_commands_in_messages_are_short():
    assert words.shown(service()) == "the image's own command"
    assert words.shown(service(command=["a", "b"])) == "`a b`"
    assert len(words.shown(service(command=["x" * 300]))) == 60

"""A config from a variable reaches the container as a file, and a secret one as a stand-in."""

from parity.stack.overrides import configs


def test_the_variables_value_becomes_the_content(draft, context, monkeypatch):
    monkeypatch.setenv("MOTD", "good morning")
    one = draft({"web": {}}, configs={"motd": {"environment": "MOTD"}})
    configs.apply(one, context())
    assert one.document["configs"]["motd"] == {"content": "good morning"}


def test_a_secret_value_stays_out_of_document_and_record(draft, context, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "c4n4ry-0123456789")
    one = draft({"web": {}}, configs={"token": {"environment": "API_TOKEN"}})
    configs.apply(one, context())
    assert one.document["configs"]["token"] == {"content": "${secret:API_TOKEN}"}
    assert "c4n4ry" not in str([row.as_json() for row in one.overrides])


def test_other_configs_are_left_alone(draft, context):
    bodies = {"file": {"file": "/etc/x"}, "inline": {"content": "x"}}
    one = draft({"web": {}}, configs=bodies)
    configs.apply(one, context())
    assert (one.document["configs"], one.overrides) == (bodies, ())

"""The message names the port that answers and where it leads."""

from parity.diff.compare import side
from parity.model.environment import Environment
from parity.rules.network_answers import nothing_answers_there


def test_the_message_names_the_services_port_and_what_is_behind_it():
    row = {"name": "api", "names": ["api"], "headless": False, "backends": ["api"]}
    row["ports"] = [{"port": 80, "target": 9000, "protocol": "tcp"}]
    web = {"image": "x:1", "environment": {"API": "http://api:9000"}}
    document = {"services": {"web": web, "api": {"image": "y:1"}}, "x-parity": {"services": [row]}}
    (found,) = nothing_answers_there(side(Environment("prod", "kubernetes", (), document)))
    assert (
        "the Service `api` answers on 80 only, which leads to its container's 9000" in found.message
    )
    assert found.fix == "write the port that answers: api:80; or give the Service `port: 9000`"
    assert found.at[1] == ("", ("x-parity", "services", 0, "ports", 0, "port"))

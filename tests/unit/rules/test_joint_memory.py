"""The tables of tests/cases/JT*.yaml are the main test; here is what they cannot say."""


def test_sizes_are_told_in_units(judged):
    words = ["redis-server", "--maxmemory", "1gb"]
    body = {"image": "redis:7", "command": words}
    limited = {**body, "deploy": {"resources": {"limits": {"memory": "536870912"}}}}
    sides = [{"services": {"cache": each}} for each in (body, limited)]
    found = {f.rule: f for f in judged(*sides).findings}["JT006"]
    assert found.message == (
        "in production: `cache` may fill 1 GiB (maxmemory) and is killed at 512 MiB"
    )

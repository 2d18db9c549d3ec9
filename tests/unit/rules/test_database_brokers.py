"""What the tables of cases do not show: queues of one side are only said."""


def test_arguments_are_an_error_and_queues_of_one_side_are_said(answered):
    left = {
        "engine": "rabbitmq",
        "queues": {"a": "durable", "b": "durable"},
        "exchanges": {"x": "topic"},
    }
    right = {
        "engine": "rabbitmq",
        "queues": {"a": "transient"},
        "exchanges": {"x": "topic", "y": "fanout"},
    }
    first, second = answered(left, right).findings
    assert (first.severity, second.severity) == ("error", "info")
    assert first.message == "arguments differ: `a` is durable in local and transient in production"
    assert "`b` in local, `y` in production" in second.message

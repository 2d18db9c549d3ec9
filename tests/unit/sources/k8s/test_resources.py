import pytest


def resources(read, pod, text):
    return read(pod(f"resources: {{{text}}}"))


def test_limits_and_requests(read, pod):
    result = resources(
        read, pod, "limits: {cpu: 500m, memory: 512Mi}, requests: {cpu: 1, memory: 1G}"
    )
    assert result.web["deploy"]["resources"] == {
        "limits": {"cpus": 0.5, "memory": str(512 * 1024**2)},
        "reservations": {"cpus": 1, "memory": str(10**9)},
    }
    assert result.losses == {}


@pytest.mark.parametrize(("name", "driver"), [("nvidia.com/gpu", "nvidia"), ("amd.com/gpu", "amd")])
def test_graphics_processors_are_devices_once(read, pod, name, driver):
    result = resources(read, pod, f"limits: {{{name}: 2}}, requests: {{{name}: 2}}")
    assert result.web["deploy"]["resources"]["reservations"]["devices"] == [
        {"capabilities": ["gpu"], "driver": driver, "count": 2}
    ]


@pytest.mark.parametrize("name", ["ephemeral-storage", "hugepages-2Mi", "example.com/fpga"])
def test_what_compose_cannot_limit_is_lost(read, pod, name):
    result = resources(read, pod, f"limits: {{{name}: 1Gi}}")
    assert "deploy" not in result.web
    assert len(result.losses) == 1


def test_empty_resources_say_nothing(read, pod):
    result = resources(read, pod, "")
    assert "deploy" not in result.web
    assert result.losses == {}


@pytest.mark.parametrize("text", ["limits: {memory: lots}", "limits: [1]", "limits: {cpu: true}"])
def test_broken_resources_are_refused(refused, pod, text):
    assert refused(pod(f"resources: {{{text}}}")).where == "m.yaml:12"

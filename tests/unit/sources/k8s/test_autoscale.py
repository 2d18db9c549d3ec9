HPA = """
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: h}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %s}
      minReplicas: 2
      maxReplicas: 5
      metrics: [{type: Resource}]
    """


def test_without_a_number_the_least_is_in_force(read, pod):
    result = read(pod(), HPA % "web")
    assert result.web["deploy"]["replicas"] == 2
    assert result.web["x-parity"]["autoscaling"] == {"min": 2, "max": 5}
    assert list(result.losses) == ["HorizontalPodAutoscaler/h:spec.metrics"]
    assert result.where("services", "web", "deploy", "replicas") == "m.yaml:21"


def test_the_workloads_own_number_stays(read, pod):
    assert read(pod(more="replicas: 3"), HPA % "web").web["deploy"]["replicas"] == 3


def test_init_containers_do_not_scale(read, pod):
    result = read(pod("", "initContainers: [{name: m, image: i}]"), HPA % "web")
    assert "deploy" not in result.services["web-init-m"]


def test_a_target_that_is_elsewhere_is_a_loss(read, pod):
    result = read(pod(), HPA % "other")
    assert "deploy" not in result.web
    assert "Deployment/other is not in what was read" in str(result.losses)

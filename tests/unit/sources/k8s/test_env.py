import pytest

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {A: one, B: two}"
KEYED = "env: [{name: X, valueFrom: {%s: {name: %s, key: %s%s}}}]"


def test_plain_values_are_kept_with_their_line(read, pod):
    result = read(pod("env: [{name: A, value: '1'}, {name: B}, {name: C, value: ''}]"))
    assert result.web["environment"] == {"A": "1", "B": "", "C": ""}
    assert result.where("services", "web", "environment", "A") == "m.yaml:12"


def test_a_value_that_is_no_text_is_refused_as_kubernetes_does(refused, pod):
    error = refused(pod("env: [{name: A, value: 1}]"))
    assert (error.where, error.next_step) == ("m.yaml:12", "put it in quotes")


def test_variables_expand_earlier_ones_only(read, pod):
    result = read(
        pod(
            "env: [{name: A, value: $(B)-x}, {name: B, value: b}, {name: C, value: $(A)/$(B)/$$(B)}],"
            "args: [$(C), $(D)]"
        )
    )
    assert result.web["environment"] == {"A": "$(B)-x", "B": "b", "C": "$(B)-x/b/$(B)"}
    assert result.web["command"] == ["$(B)-x/b/$(B)", "$(D)"]


def test_whole_configs_come_with_a_prefix_and_lose_against_env(read, pod):
    result = read(
        CONFIG,
        pod("envFrom: [{configMapRef: {name: c}, prefix: P_}], env: [{name: P_A, value: mine}]"),
    )
    assert result.web["environment"] == {"P_B": "two", "P_A": "mine"}
    assert "wins" in result.losses["ConfigMap/c:data.A"]
    assert result.where("services", "web", "environment", "P_B") == "m.yaml:4"


def test_the_later_of_two_settings_wins_and_the_earlier_is_a_loss(read, pod):
    result = read(pod("env: [{name: A, value: '1'}, {name: A, value: '2'}]"))
    assert result.web["environment"] == {"A": "2"}
    assert list(result.losses) == ["Deployment/web:spec.template.spec.containers[0].env[0].value"]


def test_keys_of_configs_and_secrets(read, pod):
    assert read(CONFIG, pod(KEYED % ("configMapKeyRef", "c", "A", ""))).web["environment"] == {
        "X": "one"
    }
    result = read(pod(KEYED % ("secretKeyRef", "s", "k", "")))
    assert result.web["environment"] == {"X": "${secret:s.k}"}
    assert result.environment.values == {}


def test_a_reference_within_a_text_stays_a_reference(read, pod):
    result = read(
        pod(
            "env: [{name: PW, valueFrom: {secretKeyRef: {name: s, key: k}}}, "
            "{name: URL, value: 'pg://u:$(PW)@h'}]"
        )
    )
    assert result.web["environment"]["URL"] == "pg://u:${secret:s.k}@h"


def test_a_missing_key_is_an_error_with_its_line(refused, pod):
    error = refused(CONFIG, pod(KEYED % ("configMapKeyRef", "c", "Z", "")))
    assert "`Z`" in error.message
    assert error.where == "m.yaml:17"
    assert error.next_step == "it has: A, B"


def test_a_missing_key_may_be_optional(read, pod):
    result = read(CONFIG, pod(KEYED % ("configMapKeyRef", "c", "Z", ", optional: true")))
    assert "environment" not in result.web
    assert "may lack" in str(result.losses)


def test_a_missing_config_leaves_the_variable_unset_and_says_so(read, pod):
    result = read(pod(KEYED % ("configMapKeyRef", "none", "A", "")))
    assert "environment" not in result.web
    assert result.environment.unset == ("X",)
    assert "the variable X is unset here: ConfigMap none is not in what was read" in (
        result.losses.values()
    )


def test_a_missing_config_may_be_optional(read, pod):
    result = read(pod(KEYED % ("configMapKeyRef", "none", "A", ", optional: true")))
    assert result.environment.unset == ()
    assert "not in what was read; it may be missing" in str(result.losses)


@pytest.mark.parametrize("kind", ["configMapRef", "secretRef"])
def test_a_missing_source_of_many_is_a_loss(read, pod, kind):
    result = read(pod(f"envFrom: [{{{kind}: {{name: none}}}}]"))
    assert "not in what was read" in str(result.losses)


def test_an_optional_source_that_is_there_is_read(read, pod):
    result = read(CONFIG, pod("envFrom: [{configMapRef: {name: c, optional: true}}]"))
    assert result.web["environment"] == {"A": "one", "B": "two"}


def test_a_name_that_cannot_be_one_is_refused(refused, pod):
    assert "no name of a variable" in refused(pod("env: [{name: 'A=B', value: x}]")).message


def test_an_unknown_origin_is_lost(read, pod):
    result = read(pod("env: [{name: A, valueFrom: {fileKeyRef: {path: x}}}]"))
    assert "does not know this origin" in str(result.losses)


def test_addresses_of_services_are_known_to_dollar_expressions_only(read, pod):
    service = """
        apiVersion: v1
        kind: Service
        metadata: {name: my-db}
        spec: {ports: [{port: 5432}], selector: {app: db}}
        """
    result = read(service, pod("args: [$(MY_DB_SERVICE_HOST):$(MY_DB_SERVICE_PORT)]"))
    assert result.web["command"] == ["my-db:5432"]
    assert "environment" not in result.web

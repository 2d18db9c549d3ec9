SEALED = """
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata: {name: db}
    spec: {encryptedData: {password: AgBy8hC, user: AgBxx}, template: {metadata: {name: db}}}
    """
EXTERNAL = """
    apiVersion: external-secrets.io/v1
    kind: ExternalSecret
    metadata: {name: e}
    spec:
      target: {name: db, template: {data: {url: "{{ .password }}"}}}
      data: [{secretKey: password, remoteRef: {key: prod/db}}]
    """
USE = "env: [{name: PW, valueFrom: {secretKeyRef: {name: db, key: %s}}}]"


def test_of_a_sealed_secret_the_names_are_known_and_the_values_not(read, pod):
    result = read(SEALED, pod("envFrom: [{secretRef: {name: db}}]"))
    assert result.web["environment"] == {
        "password": "${secret:db.password}",
        "user": "${secret:db.user}",
    }
    assert result.environment.values == {}
    assert "AgBy8hC" not in repr(result.environment.document)


def test_a_key_that_a_sealed_secret_does_not_have_is_an_error(refused, pod):
    assert "does not have" in refused(SEALED, pod(USE % "nothing")).message


def test_an_external_secret_has_the_name_of_its_target(read, pod):
    result = read(EXTERNAL, pod("envFrom: [{secretRef: {name: db}}]"))
    assert set(result.web["environment"]) == {"password", "url"}


def test_keys_that_are_fetched_as_a_whole_may_have_any_name(read, pod):
    whole = EXTERNAL.replace("data: [{", "dataFrom: [{extract: {key: x}}]\n      data: [{")
    result = read(whole, pod(USE % "anything"))
    assert result.web["environment"] == {"PW": "${secret:db.anything}"}


def test_other_objects_are_no_secrets(read, pod):
    other = "apiVersion: example.com/v1\nkind: Vault\nmetadata: {name: db}\nspec: {data: {a: b}}"
    result = read(other, pod("envFrom: [{secretRef: {name: db}}]"))
    assert "environment" not in result.web
    assert "not in what was read" in str(result.losses)

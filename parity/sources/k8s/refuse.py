"""Why a document is no Kubernetes object: a template, a patch, a kustomization, something else."""

import re
from typing import Any

from parity.model.document import Path, leaves

_TEMPLATE = re.compile(
    r"\{\{-?\s*(?:\.|\$[\w.]|(?:include|template|if|range|with|end|else|define|tpl|toYaml|quote"
    r"|default|printf|required|lookup|block)\b)"
)
_DATA = frozenset({"data", "binaryData", "stringData"})
_KUSTOMIZATION = frozenset(
    {
        "resources", "bases", "patches", "patchesStrategicMerge", "patchesJson6902", "images",
        "configMapGenerator", "secretGenerator", "generators", "transformers", "namePrefix",
        "nameSuffix", "components", "replacements", "helmCharts", "commonLabels",
    }
)  # fmt: skip
_RENDER = "render it (`helm template`, or what fills it in) and name the output"
_NAME_FOLDER = "name the folder of its kustomization instead"
_OWN_APIS = ("v1", "apps", "batch", "extensions")
_PATCHABLE = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}
)


def is_template(text: str) -> bool:
    """Whether a text has actions of a Go template in it."""
    return bool(_TEMPLATE.search(text))


def template_in(data: dict[str, Any]) -> Path | None:
    """Where a Go template stands in an object; ConfigMaps' own files may hold such text."""
    if data["kind"] not in _PATCHABLE and data["kind"] not in ("Pod", "CronJob", "Service"):
        places = {"metadata": data.get("metadata")}
    else:
        places = {key: value for key, value in data.items() if key not in _DATA}
    for path, value in leaves(places):
        if path == ("metadata", "name") and "{{" in str(value):
            return path
        if "annotations" not in path and isinstance(value, str) and is_template(value):
            return path
    return None


def not_an_object(data: Any) -> tuple[str, str] | None:
    """The reason and what to do, or None for an object (`apiVersion` and `kind`)."""
    if not isinstance(data, dict):
        return _no_table(data)
    kind, api = data.get("kind"), data.get("apiVersion")
    if data.get("$patch"):
        return "a patch, no object", _NAME_FOLDER
    if kind in ("Kustomization", "Component") and _is_kustomize(api):
        return f"a kustomize {kind} given as a plain file", _NAME_FOLDER
    if not isinstance(kind, str) or not isinstance(api, str) or not kind or not api:
        return _untyped(data)
    if not isinstance(data.get("metadata") or {}, dict):
        return "`metadata` must be a table", "mend the definition"
    return _patch(data, kind) if api.partition("/")[0] in _OWN_APIS else None


def _no_table(data: Any) -> tuple[str, str]:
    if not isinstance(data, list):
        return "a plain text, no Kubernetes object", "is it the right file?"
    if data and all(isinstance(row, dict) and {"op", "path"} <= row.keys() for row in data):
        return "a JSON patch, no object", _NAME_FOLDER
    return "a list, no Kubernetes object", "is it the right file?"


def _is_kustomize(api: Any) -> bool:
    return api is None or str(api).startswith("kustomize.config.k8s.io/")


def _untyped(data: dict[str, Any]) -> tuple[str, str]:
    lists = {key for key, value in data.items() if isinstance(value, list)}
    if "kind" not in data and _KUSTOMIZATION & lists and "services" not in data:
        return "a kustomization given as a plain file", _NAME_FOLDER
    if any(is_template(str(key)) for key in data):
        return "a template: `{{` stands in it", _RENDER
    if isinstance(data.get("kind"), str) and isinstance(data.get("metadata"), dict):
        return "a patch, no object: it has a kind and no apiVersion", _NAME_FOLDER
    return (
        "no Kubernetes object: it has no apiVersion and kind",
        "leave it out, or is it for another source?",
    )


def _patch(data: dict[str, Any], kind: str) -> tuple[str, str] | None:
    """A workload whose pod is not told: a strategic merge patch."""
    spec = data.get("spec")
    if kind == "CronJob" and isinstance(spec, dict):
        job = spec.get("jobTemplate")
        spec = job.get("spec") if isinstance(job, dict) else None
    elif kind not in _PATCHABLE and kind != "Pod":
        return None
    if kind != "Pod":
        template = spec.get("template") if isinstance(spec, dict) else None
        spec = template.get("spec") if isinstance(template, dict) else None
    containers = spec.get("containers") if isinstance(spec, dict) else None
    if not isinstance(containers, list) or not containers:
        return f"a patch of a {kind}: it says nothing of containers", _NAME_FOLDER
    if any(isinstance(c, dict) and not c.get("image") for c in containers):
        return f"a patch of a {kind}: a container without an image", _NAME_FOLDER
    return None

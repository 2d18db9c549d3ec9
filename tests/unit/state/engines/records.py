"""Inspect records of containers, as short as tests want them."""


def container(command, image="app:1", **more):
    """`command` are the words that run; `more`: env, volumes, workdir, cmd."""
    words = command.split() if isinstance(command, str) else list(command)
    return {
        "Id": "0123456789abcdef",
        "Name": "/stack-db-1",
        "Image": "sha256:1",
        "Path": words[0] if words else "",
        "Args": words[1:],
        "Config": {
            "Image": image,
            "Env": [f"{name}={value}" for name, value in more.get("env", {}).items()],
            "Volumes": dict.fromkeys(more.get("volumes", ()), {}) or None,
            "WorkingDir": more.get("workdir", ""),
            "Cmd": more.get("cmd", words[1:]),
            "Hostname": "db-1",
            "Labels": more.get("labels", {"dev.parity.service": "db"}),
        },
        "HostConfig": more.get("host", {}),
        "State": {"Status": "running", "Running": True, "ExitCode": 0, **more.get("state", {})},
        "Mounts": more.get("mounts", []),
    }

"""What runs programs, and ICU."""

import pytest

from parity.probes.contract import File, Files
from parity.probes.packages_runtimes import read

HEADER = (
    b"#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 11\n#define NODE_PATCH_VERSION 1\n"
)


def file(data=b""):
    return File(0o644, len(data), data=data)


def test_files_that_installations_bring():
    files = {
        "/usr/local/include/node/node_version.h": file(HEADER),
        "/usr/local/lib/node_modules/npm/package.json": file(b'{"version": "10.2.4"}'),
        "/usr/local/include/python3.12/patchlevel.h": file(b'#define PY_VERSION      "3.12.1"\n'),
        "/usr/local/bin/python3.12": file(),
        "/usr/local/include/php/main/php_version.h": file(b'#define PHP_VERSION "8.2.14"\n'),
        "/usr/local/lib/ruby/3.2.0/x86_64-linux/rbconfig.rb": file(
            b'CONFIG["RUBY_PROGRAM_VERSION"] = "3.2.2"\n'
        ),
        "/opt/java/openjdk/release": file(b'IMPLEMENTOR="x"\nJAVA_VERSION="17.0.9"\n'),
        "/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1": File(0o755, 0, folder=True),
        "/usr/lib/x86_64-linux-gnu/libssl.so.3": file(),
        "/usr/lib/x86_64-linux-gnu/libicuuc.so.72": file(),
        "/usr/lib/x86_64-linux-gnu/libicuuc.so.72.1": file(),
        "/etc/release": file(b"nothing"),
    }
    assert read({}, files).values == {
        "runtimes": {
            "dotnet": "8.0.1", "java": "17.0.9", "node": "20.11.1", "npm": "10.2.4", "openssl": "3",
            "php": "8.2.14", "python": "3.12.1", "ruby": "3.2.2",
        },
        "icu": "72",
    }  # fmt: skip


def test_packages_tell_where_no_file_does():
    apk = b"P:nodejs\nV:20.10.0-r1\n\nP:php82\nV:8.2.13-r0\n\nP:openjdk17-jre\nV:17.0.9_p8-r0\n"
    files = {"/lib/apk/db/installed": file(apk), "/usr/bin/python3.11": file()}
    assert read({}, files).values == {
        "runtimes": {"node": "20.10.0", "php": "8.2.13", "java": "17.0.9", "python": "3.11"}
    }


@pytest.mark.parametrize("data", [b"", b"#define NODE_MAJOR_VERSION x", b"\xff" * 99])
def test_rubbish_tells_nothing(data):
    assert read({}, {"/usr/include/node/node_version.h": file(data)}).values == {}


def test_what_was_cut_is_unread():
    files = Files()
    files.cut = {"": "too large"}
    assert read({}, files).unread == {"runtimes": "too large", "icu": "too large"}

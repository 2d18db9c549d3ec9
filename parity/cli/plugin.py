"""`docker parity …`: the Docker CLI runs plugins named docker-NAME and asks them who they are."""

import json
import sys

from parity import __version__
from parity.cli import output


def main() -> None:
    """Answer the CLI's question, or run parity with what follows the plugin's name."""
    if sys.argv[1:2] == ["docker-cli-plugin-metadata"]:
        output.data(
            json.dumps(
                {
                    "SchemaVersion": "0.1.0",
                    "Vendor": "parity",
                    "Version": __version__,
                    "ShortDescription": "Local environment parity",
                }
            )
        )
        return
    if sys.argv[1:2] == ["parity"]:
        del sys.argv[1]
    from parity.cli.main import main as parity

    parity()

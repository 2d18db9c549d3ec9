"""`python -m parity` is `parity`."""

from parity.cli.main import main

if __name__ == "__main__":
    main()

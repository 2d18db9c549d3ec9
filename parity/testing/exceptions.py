"""What tests written for testcontainers catch: its own classes where it is installed."""

try:
    from testcontainers.core.exceptions import ContainerIsNotRunning, NoSuchPortExposed
except ImportError:

    class ContainerIsNotRunning(RuntimeError):  # type: ignore[no-redef] # noqa: N818
        """A service that was asked for does not run."""

    class NoSuchPortExposed(RuntimeError):  # type: ignore[no-redef] # noqa: N818
        """A port that was asked for is not published."""


__all__ = ("ContainerIsNotRunning", "NoSuchPortExposed")

"""The errors that a caller of the shop can see, each with its HTTP status."""


class ShopError(Exception):
    """An expected failure: a status and one sentence for the caller."""

    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInput(ShopError):
    """The request cannot be understood."""

    status = 400


class NotFound(ShopError):
    """There is nothing with this id."""

    status = 404


class Conflict(ShopError):
    """The request is understood, but the state of things is against it."""

    status = 409


class PaymentFailed(ShopError):
    """The bank refused, could not be reached, or did not answer in time."""

    status = 502


class Unavailable(ShopError):
    """One of the shop's own services does not answer."""

    status = 503

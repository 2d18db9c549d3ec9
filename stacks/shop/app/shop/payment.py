"""The charge at the acquiring bank: one bounded HTTP request."""

import concurrent.futures
import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from shop.errors import PaymentFailed

_ANSWER_LIMIT = 64 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected charge would carry the API key to another host."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Bank:
    """Charges orders; every failure is a PaymentFailed within the time limit."""

    def __init__(self, url: str, api_key: str, timeout: float) -> None:
        self._url = url
        self._api_key = api_key
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_NoRedirect)
        # A socket's timeout does not cover name resolution, so a thread carries the request
        # and the caller stops waiting for it.
        self._threads = concurrent.futures.ThreadPoolExecutor(8, thread_name_prefix="charge")

    def charge(self, *, order_id: int, cents: int, currency: str) -> str:
        """The bank's reference for the charge."""
        future = self._threads.submit(self._request, order_id, cents, currency)
        try:
            return future.result(timeout=self._timeout)
        except concurrent.futures.TimeoutError:
            future.cancel()
            raise PaymentFailed("payment host did not answer in time") from None

    def _request(self, order_id: int, cents: int, currency: str) -> str:
        body = {"amount": cents, "currency": currency, "order": order_id}
        request = urllib.request.Request(
            self._url,
            data=json.dumps(body).encode(),
            method="POST",
            headers={
                "Authorization": f"Bearer {self._api_key}",
                "Content-Type": "application/json",
                # A charge that timed out here may have reached the bank: the same key again
                # makes a second attempt the same charge.
                "Idempotency-Key": f"shop-order-{order_id}",
            },
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                reference = json.loads(answer.read(_ANSWER_LIMIT))["reference"]
        except urllib.error.HTTPError as error:
            raise PaymentFailed(f"payment refused by the bank (status {error.code})") from None
        except TimeoutError:
            raise PaymentFailed("payment host did not answer in time") from None
        except (OSError, http.client.HTTPException):
            raise PaymentFailed("payment host cannot be reached") from None
        except (ValueError, KeyError, TypeError):
            raise PaymentFailed("payment answer cannot be understood") from None
        return str(reference)
